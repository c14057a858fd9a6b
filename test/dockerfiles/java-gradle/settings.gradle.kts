rootProject.name = "ktor"
