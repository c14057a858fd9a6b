// The package manager itself: people commit it.
