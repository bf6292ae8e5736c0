#!/bin/sh
# Installs mailsetup from its tar.gz, below a folder of yours; no root is needed, and nothing else is changed.
#
#   install.sh --from URL|DIR [--to DIR] [--public-key KEY]
#   install.sh --uninstall [--to DIR]
#
# URL or DIR has a release: the tar.gz files, SHA256SUMS and, where it is signed, SHA256SUMS.minisig. The sum is always checked;
# the signature is where --public-key (or MAILSETUP_PUBLIC_KEY) gives the key, and then minisign has to be here.
# DIR is ~/.local without --to: the program is DIR/bin/mailsetup. --uninstall removes what was installed there, and nothing that
# mailsetup wrote: `mailsetup remove PROFILE` takes that back, before.
set -eu

say() { printf '%s\n' "install.sh: $*"; }
die() { printf '%s\n' "install.sh: $*" >&2; exit 1; }
usage() { sed -n 's/^#   /  /p' "$0" >&2; exit 64; }

from='' to=${HOME:-}/.local key=${MAILSETUP_PUBLIC_KEY:-} uninstall=''
while [ $# -gt 0 ]; do
    case $1 in
        --from | --to | --public-key)
            [ $# -ge 2 ] || usage
            case $1 in --from) from=$2 ;; --to) to=$2 ;; *) key=$2 ;; esac
            shift 2
            ;;
        --uninstall) uninstall=yes; shift ;;
        *) usage ;;
    esac
done
case $to in /*) ;; *) to=$PWD/$to ;; esac
to=${to%/}
list=$to/share/mailsetup/installed

if [ -n "$uninstall" ]; then
    [ -f "$list" ] || die "nothing of this script's is below $to (--to DIR names the folder)"
    while IFS= read -r file; do
        case $file in */../* | ../* | /*) die "$list is not as this script wrote it" ;; esac
        rm -f -- "$to/$file"
        # Folders that are empty now; the first that is not ends it.
        (cd "$to" && rmdir -p -- "${file%/*}" 2>/dev/null) || true
    done <"$list"
    rm -f -- "$list"
    (cd "$to" && rmdir -p -- share/mailsetup 2>/dev/null) || true
    say "mailsetup is removed from $to; profiles and what it wrote for programs stay"
    exit
fi

[ -n "$from" ] || usage
[ "$(uname -s)" = Linux ] || die "mailsetup runs on Linux only"
machine=$(uname -m)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# get FILE: from there into the work folder.
get() {
    case $from in
        https://* | http://127.0.0.1:* | http://localhost:*)
            if command -v curl >/dev/null; then
                curl -fsSL -o "$work/$1" -- "${from%/}/$1"
            elif command -v wget >/dev/null; then
                wget -q -O "$work/$1" -- "${from%/}/$1"
            else
                die "needs curl or wget"
            fi
            ;;
        http://*) die "not without TLS: use https" ;;
        *) [ -f "$from/$1" ] && cp -- "$from/$1" "$work/$1" ;;
    esac
}

get SHA256SUMS || die "there is no SHA256SUMS at $from"
if [ -n "$key" ]; then
    command -v minisign >/dev/null || die "minisign is needed to check the signature; it is a package of that name"
    get SHA256SUMS.minisig || die "this release is not signed: $from has no SHA256SUMS.minisig"
    minisign -V -q -P "$key" -m "$work/SHA256SUMS" || die "the signature is not by this key: nothing is installed"
    say "the signature is good"
else
    say "the signature is not checked: no --public-key is given"
fi

# The static program runs everywhere; else the one for glibc.
file=''
for kind in musl gnu; do
    name=$(sed -n "s/^[0-9a-f]\{64\} [ *]\(mailsetup-[0-9A-Za-z.~+-]*-$machine-unknown-linux-$kind\.tar\.gz\)\$/\1/p" "$work/SHA256SUMS" | tail -n 1)
    if [ -n "$name" ]; then file=$name; break; fi
done
[ -n "$file" ] || die "this release has nothing for $machine"
get "$file" || die "$from/$file cannot be had"
grep -F "  $file" "$work/SHA256SUMS" >"$work/sum"
(cd "$work" && sha256sum -c sum >/dev/null 2>&1) || die "$file is not what SHA256SUMS says: nothing is installed"

mkdir "$work/tree"
tar -xzf "$work/$file" -C "$work/tree" --no-same-owner
tree=$work/tree/${file%.tar.gz}
"$tree/bin/mailsetup" --version >/dev/null 2>&1 ||
    die "this program does not run here: it may need a newer glibc than this system has; the static one (musl) does not"
(cd "$tree" && find bin share -type f) >"$work/installed"
mkdir -p "$to" || die "cannot write below $to"
while IFS= read -r path; do
    mkdir -p "$to/${path%/*}"
    # Beside the old one, then in its place: a program that runs is not written into.
    cp -- "$tree/$path" "$to/$path.new"
    mv -f -- "$to/$path.new" "$to/$path"
done <"$work/installed"
cp -- "$work/installed" "$list"
say "$("$to/bin/mailsetup" --version) is installed: $to/bin/mailsetup"
case :$PATH: in *:"$to/bin":*) ;; *) say "$to/bin is not in PATH" ;; esac
