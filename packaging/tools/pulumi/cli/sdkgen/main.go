// sdkgen SCHEMA LANGUAGE DIRECTORY: write the SDK of a package's schema for one language.
//
// `pulumi package gen-sdk` asks the language's host for the SDK, and the hosts of today are not to be had as Go
// modules. They call the generators that are called here, so the SDKs are the same.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 4 {
		stop("usage: sdkgen SCHEMA LANGUAGE DIRECTORY")
	}
	if err := generate(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		stop(err.Error())
	}
}

func generate(path, language, directory string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	bound, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if len(diagnostics) > 0 {
		return diagnostics
	}
	files, err := sdk(bound, language)
	if err != nil {
		return err
	}
	for name, content := range files {
		target := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func sdk(bound *schema.Package, language string) (map[string][]byte, error) {
	switch language {
	case "nodejs":
		if err := bound.ImportLanguages(map[string]schema.Language{"nodejs": nodejs.Importer}); err != nil {
			return nil, err
		}
		return nodejs.GeneratePackage("sdkgen", bound, nil, nil, false, nil)
	case "python":
		return python.GeneratePackage("sdkgen", bound, nil, nil)
	case "go":
		return gogen.GeneratePackage("sdkgen", bound, nil)
	}
	return nil, fmt.Errorf("the languages are nodejs, python and go, not %q", language)
}

func stop(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
