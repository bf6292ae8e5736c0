# Shared by the scripts beside it.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../common.sh"

name=$(basename "$0")
cache=${MAILSETUP_BED_CACHE:-/var/tmp/mailsetup-bed}
# shellcheck disable=SC1091
layers=$cache/$(. /etc/os-release && echo "$ID-${VERSION_ID:-testing}")
# What a layer covers of the machine; the rest is the machine's own.
covered=(etc usr var/cache var/lib var/log var/mail var/spool)

# The consumer cannot run here, and why: whoever asked decides whether that is a failure.
unavailable() { printf '%s: %s\n' "$name" "$*" >&2; exit 75; }

# Its own last words on standard error.
failed() {
    local status=$?
    cat "$@" 2>/dev/null | grep -q . || printf '%s: failed without a word (exit status %s; 124 is its deadline)\n' "$name" "$status" >&2
    tail -qn 20 "$@" >&2
    exit 1
}

# In a namespace of our own: a name that no name server is needed for.
name_machine() {
    echo host.example.test >/proc/sys/kernel/hostname
    echo host >/etc/hostname
    echo host.example.test >/etc/mailname
    printf '%s\n' '127.0.0.1 localhost' '127.0.0.1 mail.example.test' '127.0.1.1 host.example.test host' >/etc/hosts
}

# inside LAYER ROOT FROM TO: the rest of the script runs in LAYER, alone, with ROOT's files in their places. Sets root,
# from, to; home, the person's; message, the file with the message of standard input; subject, body; out, a log to be.
inside() {
    [ $# -eq 4 ] || die "usage: $name ROOT FROM TO <MESSAGE"
    if [ "${BED_WITHIN:-}" != "$1" ]; then
        [ -d "$2" ] || die "$2 is not a folder"
        exec "$here/within" "$1" "$here/$name" "$(cd "$2" && pwd)" "$3" "$4"
    fi
    root=$2 from=$3 to=$4 home=$2/home/u out=/run/bed/out message=/run/bed/message
    cat >"$message"
    # What comes without a header is a body.
    grep -qm1 -E '^[A-Za-z-]+:' <(head -1 "$message") ||
        printf 'From: %s\nTo: %s\nSubject: Test bed\n\n%s\n' "$from" "$to" "$(cat "$message")" >"$message.full"
    [ ! -e "$message.full" ] || mv "$message.full" "$message"
    subject=$(sed -n '/^$/q; s/^Subject: //p' "$message")
    sed '1,/^$/d' "$message" >/run/bed/body
    body=/run/bed/body
    : >"$out"
    # The consumer may write where it likes; ROOT stays as it was.
    lay "$root" "$root"
    place
}

# lay FOLDER LOWER: an overlay on FOLDER, whose changes end with this script.
lay() {
    local up="/run/bed/up$1" work="/run/bed/work$1"
    mkdir -p "$up" "$work"
    chmod --reference="$1" "$up" && chown --reference="$1" "$up"
    mount -t overlay overlay -o "lowerdir=$2,upperdir=$up,workdir=$work" "$1" || unavailable "no overlay on $1"
}

# ROOT's files, over those of the layer. An ordinary user's test cannot give its files to root: here they are root's.
place() {
    owner=$(stat -c %u "$root")
    local keep=()
    [ "$owner" -eq 0 ] || keep=(--no-preserve=ownership)
    [ ! -d "$root/etc" ] || cp -a "${keep[@]}" "$root/etc/." /etc/
    if [ -d "$root/usr/local/share/ca-certificates" ]; then
        mkdir -p /usr/local/share/ca-certificates
        cp "$root"/usr/local/share/ca-certificates/*.crt /usr/local/share/ca-certificates/
        update-ca-certificates >/dev/null 2>&1
    fi
}

# readable GROUP FILE: what mailsetup does as root, where an ordinary user's test could not.
readable() { [ "$owner" -eq 0 ] || [ ! -e "$2" ] || chgrp "$1" "$2"; }

# Runs a command as the person whose home it is: who owns it.
as_person() {
    local uid gid
    uid=$(stat -c %u "$home") gid=$(stat -c %g "$home")
    chmod 1777 /run/bed
    chmod 644 "$message" "$body"
    # Some programs ask the database where home is.
    grep -q "^[^:]*:[^:]*:$uid:" /etc/passwd || echo "u:x:$uid:$gid::/:/bin/sh" >>/etc/passwd
    user=$(awk -F: -v OFS=: -v uid="$uid" -v home="$home" '$3 == uid { $6 = home; name = name ? name : $1 }
        { print >"/etc/passwd" } END { print name }' <(cat /etc/passwd))
    (cd "$home" && exec env HOME="$home" USER="$user" LOGNAME="$user" setpriv --reuid="$uid" --regid="$gid" --clear-groups \
        timeout "${BED_TIMEOUT:-180}" "$@")
}

# setting_file NAME: where a program's own settings file is: BED_FILE (absolute, or below ROOT), else the first that is there.
setting_file() {
    local place
    for place in "${BED_FILE:-}" "$root/${BED_FILE:-srv/app/$1}" "$root/$1" "$home/$1"; do
        [[ $place != /* ]] || [ ! -f "$place" ] || { printf '%s\n' "$place"; return; }
    done
    die "no $1 below $root (BED_FILE)"
}

# A library of a framework, which `install NAME` has put there; sets library.
library() {
    library=$layers/$1
    [ -e "$library/packages" ] || unavailable "not installed: tests/bed/consumers/install $name"
}

# says FILE REGEX...: waits for one of them in a file; prints the number of the one that came.
says() {
    local file=$1; shift
    said=
    # shellcheck disable=SC2329
    look() {
        local n=0 regex
        for regex in "$@"; do
            n=$((n + 1))
            if grep -qE -- "$regex" "$file"; then said=$n; return 0; fi
        done
        return 1
    }
    until_true "${BED_TIMEOUT:-180}" look "$@"
    [ "$said" = 1 ]
}
