# Shared by the scripts beside it.
# shellcheck shell=bash

export PATH="$PATH:/usr/sbin:/sbin"
bed=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() { printf '%s\n' "$*" >&2; exit 1; }

# begin DIR ...: sets dir, an empty folder; the servers' own users must get through it to their sockets.
begin() {
    [ $# -ge 1 ] && [ -d "$1" ] || die "usage: $(basename "$0") DIR ..., an empty folder"
    [ "$(id -u)" -eq 0 ] || die "Postfix starts as root only"
    dir=$(cd "$1" && pwd)
    [ -z "$(ls -A "$dir")" ] || die "$dir is not empty"
    chmod 755 "$dir"
    # Logs that whoever called sudo can read.
    mkdir "$dir/log"
    touch "$dir"/log/{start,postfix,dovecot}
    chmod 644 "$dir"/log/*
}

# enter_netns COMMAND...: in the namespace of BED_NETNS, if there is one, COMMAND is run, with the ports that are free there.
enter_netns() {
    [ -z "${BED_NETNS:-}" ] || exec nsenter "--net=$BED_NETNS" env -u BED_NETNS BED_PORTS="587 465" "$@"
}

# However the script ends, COMMAND is run once.
at_end() {
    # shellcheck disable=SC2064
    trap "$1" EXIT
    trap 'exit 1' HUP INT TERM
}

# Fills in the @NAME@ of a template from NAME=VALUE arguments.
fill() {
    local text pair
    text=$(cat "$1"); shift
    for pair in "$@"; do text=${text//"@${pair%%=*}@"/"${pair#*=}"}; done
    printf '%s\n' "$text"
}

# until_true SECONDS COMMAND...: waits for a condition, with a deadline.
until_true() {
    local deadline=$((SECONDS + $1)); shift
    until "$@" 2>/dev/null; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        read -rt 0.02 <> <(:) || true
    done
}

# The server says 220, or, on an implicit TLS port, at least accepts.
accepts() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
greets() { (exec 3<>"/dev/tcp/$1/$2" && read -rt 2 line <&3 && [[ $line == 220* ]]) 2>/dev/null; }

# Free ports, given by the kernel: as many as asked for, all held at once so that they differ.
free_ports() {
    perl -MSocket -e 'for (1 .. $ARGV[0]) {
        socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!; bind($s, sockaddr_in(0, inet_aton($ARGV[1]))) or die $!;
        push @held, $s; printf "%d\n", (sockaddr_in(getsockname($s)))[0] }' "$1" "$2"
}

# Postfix of our own: its settings are in DIR/postfix, and the machine's own main.cf is not read.
postfix_in() { postfix -c "$1/postfix" "$2" >>"$1/log/start" 2>&1; }

# Stops it, even where it does not answer: its processes are one group, named after the first.
stop_postfix_in() {
    local master
    master=$(tr -d ' ' <"$1/queue/pid/master.pid" 2>/dev/null) || return 0
    kill -0 -- "-$master" 2>/dev/null || return 0
    timeout 5 postfix -c "$1/postfix" abort >>"$1/log/start" 2>&1 || kill -KILL -- "-$master" 2>/dev/null || true
}

# Blocks until whoever started the script ends, however it ends: the kernel then closes our standard input.
wait_for_end() { while read -r _; do :; done; }
