// licenses reports the licence of every module that a program is linked from, and refuses those that are not on its list.
//
//	go build -o ../../bin/ .
module github.com/homelab-foundations/postgresapp/tools/licenses

go 1.26.4

require (
	github.com/google/licenseclassifier/v2 v2.0.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/sergi/go-diff v1.1.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)
