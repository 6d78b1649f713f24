// Command foreign is a function of others, for the tests of package engines: it notes how it is run. As a generator it makes a ConfigMap
// that says so, as a transformer it puts its user into an annotation of all resources.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	user := fmt.Sprint(os.Getuid())
	if !strings.Contains(string(input), "kind: ForeignGenerator") {
		const metadata = "  metadata:\n"
		_, err := fmt.Print(strings.ReplaceAll(string(input), "\n"+metadata, "\n"+metadata+"    generateName: user-"+user+"-\n"))
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	data := map[string]string{
		"user":     user,
		"given":    os.Getenv("GIVEN"),
		"exported": os.Getenv("EXPORTED"),
		"mounted":  content("/mounted/file"),
		"declared": content("/declared/file"),
		"network":  "its own",
	}
	if host == os.Getenv("HOST") {
		data["network"] = "the host's"
	}
	made, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": "foreign"}, "data": data})
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(made))
	return err
}

// content is that of a file, without its last line end, or what is wrong with it.
func content(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "not there"
	}
	return strings.TrimSpace(string(text))
}
