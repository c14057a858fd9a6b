package main

import (
	"fmt"
	"net/http"
	"os"
)

var version = "unknown"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "version" {
		fmt.Println(version)
		return
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "pong", version) })
	if err := http.ListenAndServe(":8080", nil); err != nil {
		panic(err)
	}
}
