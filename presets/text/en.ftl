# Every sentence that a person sees, in English. One message a sentence; the prefix says where it stands.

word-yes = yes
word-no = no
# What may be typed for them, in lower case; yes, y, no and n always may.
yes-words = yes y
no-words = no n

## Fields: label and help

field-address = Sender address
field-address-help = The address that the mail comes from. It also tells which provider you have.
field-name = Display name
field-name-help = The name beside the address in a mailbox. Leave it empty to send without one.
field-reply-to = Reply-to address
field-reply-to-help = Answers go here. Leave it empty and they go to the sender.
field-provider = Provider
field-provider-help = Who runs the server that takes your mail. Not in the list? Choose “another server”.
field-host = Server
field-host-help = The server that takes outgoing mail, such as smtp.example.com.
field-security = Encryption
field-security-help = Implicit TLS (465) is best. STARTTLS (587) is as good where 465 is blocked.
field-port = Port
field-port-help = Usually 465 for implicit TLS, 587 for STARTTLS.
field-this-domain = Is the domain right?
field-this-domain-help = It is one slip away from a big provider's.
field-this-domain-is = Is { $domain } really the domain?
field-this-domain-meant = { $meant } is probably what was meant. Somebody else may have { $domain }, and would be given the password. Nothing of it is looked up before this is answered.
field-allow-plaintext = Send without encryption?
field-allow-plaintext-help = Everybody on the way to { $host } can read the password and every message.
field-ca-file = CA file
field-ca-file-help = The PEM file of the authority that signed the certificate. Empty: the system’s authorities.
field-client-cert = Client certificate
field-client-cert-help = A PEM file, where the server wants one. Empty: none is shown.
field-client-key = Key of the client certificate
field-client-key-help = A PEM file without a passphrase that others cannot read. The certificate’s own file may hold it too.
field-pin-sha256 = Pinned certificate
field-pin-sha256-help = The SHA-256 of the one certificate to trust, 64 hex digits. Empty: no pin.
field-proxy = Proxy
field-proxy-help = Only where nothing else leads out of this network. It is socks5://HOST:PORT or http://HOST:PORT; empty or none: no proxy.
field-ehlo = EHLO name
field-ehlo-help = How this machine introduces itself to the server. Best is its full name, such as web1.example.com.
field-imap = Keep IMAP settings too?
field-imap-help = For programs that read the mailbox. Kept in the profile.
field-imap-host = IMAP server
field-imap-host-help = The server the mailbox is read from, such as imap.example.com.
field-imap-security = IMAP encryption
field-imap-security-help = Implicit TLS (993) is best.
field-imap-port = IMAP port
field-imap-port-help = 993 for implicit TLS, 143 for STARTTLS.
field-imap-username = IMAP user name
field-imap-username-help = Usually the same as for sending.
field-arrival = Look for the test message in the mailbox?
field-arrival-help = It is looked for by a code word in its subject. Nothing is changed, and nothing else is read.
field-arrival-consent = mailsetup signs in to { $host } as { $username } and looks for this one message by a code word in its subject: in the inbox, among spam, then elsewhere. No flag changes, no other message is opened, and nothing is kept.
field-arrival-to = Mailbox for the test message
field-arrival-to-help = The test message is sent there and looked for there. An address of yours at another provider says more of the sender’s domain.
field-auth = Login method
field-auth-help = Leave it on automatic unless your provider names one.
field-username = User name
field-username-help = Usually the whole address.
field-password = Password
field-password-help = It is shown nowhere and kept only in the store that you choose.
field-password-token = Access token
field-spaces = Take the spaces out?
field-spaces-help = Your password has spaces. This provider shows app passwords in groups; the spaces are not part of them.
field-reuse-secret = Use the known password for this server and login
field-reuse-secret-help = It was given for { $bound }. Yes gives it to { $asked }, and from then on to nobody else; no asks for the password of that login.
field-test = Live test
field-test-help = Nothing is written before the test.
field-test-to = Send the test message to
field-test-to-help = One short message goes there.
field-force = The test failed
field-force-help = Nothing was written.
field-target = Write the settings for
field-target-help = The programs on this machine that send mail. The profile is kept in any case.
field-secret-store = Keep the password in
field-secret-store-help = Whoever sends mail must be able to read it without a person.
field-password-env = Variable with the password
field-password-env-help = Its name. It must be set wherever mail is sent from.
field-password-command = Command that prints the password
field-password-command-help = It is run by /bin/sh each time mail is sent.
field-secret-command-path = Program that gives others the password
field-secret-command-path-help = msmtp, git and others run it each time they send. Empty: the mailsetup that is running now.
field-scope = For whom
field-scope-help = For your own account, or for the whole machine.
field-profile = Profile name
field-profile-help = Under this name the settings are kept. One profile is enough for most machines.
choice-profile-new = Make another profile, { $profile }
choice-profile-new-hint = for { $address }
choice-profile-change = Change the profile { $profile }
choice-profile-change-hint = until now { $address } at { $host }; the programs that use it change with it
field-yes = Write these files?
field-yes-help = Each file that is there now is kept as a backup; “mailsetup undo” takes everything back.

## Choices: label and hint

choice-provider-custom = Another server
choice-provider-custom-hint = your own, or one that is not in this list
choice-security-tls = Implicit TLS
choice-security-starttls = STARTTLS
choice-security-none = No encryption
choice-security-port = { $mode ->
    [smtp-none] port { $port }, only for this machine or a network that you trust
    [imap-none] port { $port }, only for this machine or a network that you trust
   *[other] port { $port }
}
choice-auth-auto = Automatic
choice-auth-auto-hint = the best that both sides have
choice-auth-plain = PLAIN
choice-auth-plain-hint = user name and password in one step
choice-auth-login = LOGIN
choice-auth-login-hint = older, some Exchange servers have nothing else
choice-auth-cram-md5 = CRAM-MD5
choice-auth-cram-md5-hint = the password itself is not sent
choice-auth-scram-sha-1 = SCRAM-SHA-1
choice-auth-scram-sha-1-hint = both sides prove that they know the password
choice-auth-scram-sha-256 = SCRAM-SHA-256
choice-auth-scram-sha-256-hint = the same with a newer hash
choice-auth-xoauth2 = XOAUTH2
choice-auth-xoauth2-hint = with an OAuth 2.0 access token in place of the password
choice-auth-oauthbearer = OAUTHBEARER
choice-auth-oauthbearer-hint = the standard form of XOAUTH2
choice-auth-none = No login
choice-auth-none-hint = the server knows this machine
choice-test-send = Send a message
choice-test-send-hint = proves the whole way
choice-test-changed = Send a message if something changes
choice-test-changed-hint = for runs that are repeated
choice-test-login = Log in only
choice-test-login-hint = nothing is sent
choice-test-connect = Connect only
choice-test-connect-hint = up to encryption, no login
choice-test-none = No test
choice-test-none-hint = writes settings that nobody has tried
choice-scope-user = This account
choice-scope-user-hint = files in your home folder
choice-scope-system = The whole machine
choice-scope-system-hint = files below /etc, needs root
choice-store-file = A file of its own
choice-store-file-hint = beside the profile, readable by its owner and who sends alone
choice-store-keyring = The desktop’s keyring
choice-store-keyring-hint = only while its owner is logged in
choice-store-command = A command of yours
choice-store-command-hint = a script or another manager that prints it
choice-store-env = An environment variable
choice-store-env-hint = set by whatever starts the program
choice-target-needs-root = needs root: run mailsetup with sudo
choice-recover-edit = Change: { $field }
choice-recover-retry = Test again
choice-recover-retry-hint = with the same answers
choice-recover-force = Write anyway
choice-recover-force-hint = mail will not go out until the cause is gone

## Answers that cannot be taken: what is wrong and how to mend it

invalid-empty = This cannot be empty.
invalid-control = There is a control character in it. Type it again by hand.
invalid-address-empty = Enter an address, such as ops@example.com.
invalid-address-no-at = “{ $typed }” has no @. An address looks like ops@example.com.
invalid-address-no-local = Nothing stands in front of the @.
invalid-address-no-domain = Nothing stands behind the @.
invalid-address-domain = “{ $domain }” is not a domain. Behind the @ goes something like example.com.
invalid-address-stray = Take out the “{ $character }”: one bare address goes here, such as ops@example.com.
invalid-address-syntax = “{ $typed }” is not an address. It looks like ops@example.com.
invalid-host-empty = Enter the server’s name, such as smtp.example.com.
invalid-host-scheme = Leave out what stands before the name: { $host }
invalid-host-port = Enter the name alone, { $host }. The port { $port } goes into its own field.
invalid-host-character = Take out the “{ $character }”: no server’s name has one.
invalid-host-dots = There is a dot too many in the name.
invalid-host-label = “{ $label }” is too long or begins or ends with a hyphen.
invalid-host-address = This is an e-mail address. The server’s name goes here, such as smtp.example.com.
invalid-port = “{ $typed }” is not a port. Use a number from 1 to 65535, usually 465 or 587.
invalid-choice = “{ $typed }” is not one of: { $choices }.
invalid-choice-near = “{ $typed }” is not one of: { $choices }. Did you mean { $near }?
invalid-confirm = Answer yes or no instead of “{ $typed }”.
invalid-provider = There is no provider “{ $typed }”. Use “custom” with a host, or see “mailsetup providers”.
invalid-provider-near = There is no provider “{ $typed }”. Did you mean { $near }?
invalid-target = There is no target “{ $typed }”. See “mailsetup targets”.
invalid-target-near = There is no target “{ $typed }”. Did you mean { $near }?
invalid-password-empty = Enter the password. Nothing is shown while you type.
invalid-proxy-kind = A proxy is given with its kind: socks5://proxy.example.com:1080 or http://proxy.example.com:3128. Other kinds cannot be used.
invalid-proxy-login = Leave the login out of the proxy: its password would stand in files and commands, and no mailer logs in there. Have the proxy let this machine in by its address.
invalid-proxy-port = Name the proxy’s port, and nothing behind it: socks5://proxy.example.com:1080 or http://proxy.example.com:3128.
invalid-pin = A pin is the certificate’s SHA-256: 64 hex digits, with or without colons.
invalid-profile = “{ $typed }” cannot be a profile’s name. Use letters, digits, dots, hyphens and underscores.
invalid-profile-start = “{ $typed }” cannot be a profile’s name. Begin with a letter, a digit or an underscore.
invalid-variable = This cannot be a variable’s name. Use letters, digits and underscores.

## Notes on answers

note-ehlo = “{ $name }” is not a full name. Some servers want one, such as web1.example.com.
note-port-mode = Port { $port } usually speaks another mode than { $mode }. If the test fails at the greeting or at TLS, change one of them.
note-username-space = There is a space in the user name. Is it meant to be there?
note-no-login = { $host } offers no login. A relay that knows this machine by its address takes none: choose none here. The provider’s server for sending would offer one: go back and check host and port.
note-arrival = Arrival: { $title }.
note-arrival-own = A message to oneself says little of SPF, DKIM and DMARC. A mailbox at another provider says more: --arrival-to ADDRESS with --imap-host and --imap-password-file.
cli-no-mailbox = --arrival needs a mailbox to look into: its IMAP server, user name and password
cli-no-mailbox-hint = give --imap-host, --imap-username and --imap-password-file (or -stdin, -fd, -env, -command), or leave --arrival out
check-no-mailbox = Profile { $profile } has no IMAP server: --arrival has no mailbox to look into
check-no-mailbox-hint = save one with: mailsetup edit { $profile } --imap-host HOST
check-mailbox-password = The password of profile { $profile } is not for { $host }
check-mailbox-password-hint = give the mailbox’s own with --imap-password-file or --imap-password-env
proof-arrived = Arrival: { $place }
note-foreign-logins = The server offers only { $offered }, which mailsetup cannot do: no password typed here works. What can: msmtp with GNU SASL, Postfix with Cyrus SASL, or a relay that takes mail by address (--auth none).
note-password-useless = { $provider } takes no password for sending, of any kind. Use an access token (login method XOAUTH2) or another provider.
note-password-grouped = The password has spaces that this provider only shows for reading.
note-password-blank = The password begins or ends with a blank. It is kept as it is.
note-password-length = { $name }: it has { $length } characters, this one has { $typed }. Is it the account password?
note-password-shape = This does not look like { $name }. Is it the account password?

# Demo server
demo-password-hint = The demo’s password is: { $password }
demo-fault-none = Everything works
demo-fault-wrong-password = Wrong password: every login is refused
demo-fault-blocked-port = Blocked port: a firewall swallows the TLS port; STARTTLS still works
demo-fault-expired-certificate = Expired certificate: it ended yesterday
demo-fault-self-signed = Self-signed certificate: no authority vouches for it
demo-fault-wrong-name = Wrong name: the certificate is for another server
demo-fault-login-not-offered = No login: the server does not offer AUTH
demo-fault-sender-refused = Sender refused: the account may not use this address
demo-fault-busy = Busy: the server asks to come back later
demo-fault-slow = Slow: every answer takes a second and a half

# host: this machine, its files and its secret stores
host-no-home = There is no home folder: HOME is not set
host-no-home-hint = Set HOME, or write for the whole system with --scope system
host-relative = { $variable } is no absolute path: your settings would be somewhere else in every folder
host-relative-hint = Set it to a path that begins with /, or unset it
host-no-root = { $path } is not a folder, so it cannot be the root of an image
host-no-cwd = The current folder is gone: change to one that exists
host-nearest = Did you mean { $word }?

host-read-missing = { $path } does not exist
host-read-denied = { $path }: no permission to read it
host-read-folder = { $path } is a folder, not a file
host-read-large = { $path } is too large for a settings file
host-read-special = { $path } is not a regular file
host-read-other = Cannot read { $path }: { $error }
host-write-denied = { $path }: no permission to write there
host-write-denied-hint = Run mailsetup with sudo, or choose another path with --target NAME=PATH
host-write-read-only = { $path } is on a file system that is mounted read-only
host-write-full = { $path }: the disk is full, or your quota is used up
host-write-full-hint = Make room and run the same command again
host-write-not-folder = { $path }: a file stands where a folder is needed
host-write-folder = { $path } is a folder, so no file can be written there
host-write-other = Cannot write { $path }: { $error }

host-profile-name = “{ $name }” cannot be the name of a profile
host-profile-name-hint = Use up to 64 letters, digits, dots, underscores and hyphens, beginning with a letter, a digit or an underscore
host-no-profile = There is no profile named { $name }
host-no-profile-hint = mailsetup list shows the profiles that are saved
host-newer-schema = { $path } was written by a newer mailsetup (schema { $schema }) and was left as it is
host-newer-schema-hint = Update mailsetup, or choose another name with --profile NAME
host-bad-profile = The profile cannot be understood: { $place }: { $why }
host-bad-field = The profile cannot be understood: { $place }: { $field }: { $why }
toml-line = This line is not TOML: write key = value, one a line
toml-quotes = A text needs a quotation mark at both ends: key = "value"
toml-brackets = A table’s name needs brackets around it, as in [smtp], and a list ends with ]
toml-twice = This stands twice in the file: take one of them out
toml-not-text = This is not UTF-8 text: type it again
toml-text = This has to be a text in quotation marks
toml-yes-no = This has to be true or false, without quotation marks
toml-number = This has to be a whole number, without quotation marks
toml-list = This has to be a list of tables, each beginning with its name in [[double brackets]]
toml-table = This has to be a table: its name in [brackets] on a line, its keys below
profile-missing = This is missing
profile-no-key = There is no such key in [{ $table }]
profile-no-top-key = There is no such key outside the tables
profile-path-not-text = A path in it is not UTF-8 text

host-locked = Another mailsetup is writing at the moment (process { $pid })
host-locked-unknown = Another mailsetup is writing at the moment
host-locked-hint = Wait for it to end, then run the same command again
host-changed = { $path } was changed by someone else meanwhile, so nothing was written
host-changed-hint = Run the same command again to see the new differences
host-link-dangling = { $path } is a symbolic link that leads nowhere
host-link-shared = { $path } leads through a folder in which everyone may write
host-link-foreign = { $path } leads to a file that belongs to another user
host-link-outside = { $path } is not below the image’s root
host-link-hard = { $path } has a second name elsewhere, in a folder in which everyone may write
host-link-strange = { $path } is a link, a device, or a file with a second name; a plain file of mailsetup’s own belongs there
host-link-strange-hint = Find out who put it there, then remove it: rm { $path }
host-foreign = { $path } belongs to { $owner }: what it says would be done with your rights
host-foreign-hint = Run mailsetup as { $owner } (sudo -H -u { $owner } mailsetup …) or with --scope system. If it should be yours: chown it to yourself
host-image-foreign-hint = Whoever can change the way into the image leads what is written there: chown root:root { $path } if it should be root’s, or run mailsetup as { $owner }
host-writable = Others may write to { $path }: what they put there would be done with your rights
host-writable-hint = Look through it, then take that right away: chmod go-w { $path }
host-writable-link-hint = { $path } is a link: remove it, or put a file of your own in its place
host-second-name = { $path } has a second name (a hard link), which may be a file of this machine
host-second-name-hint = If the image’s own tools made that link, make the file one of its own: cp -p { $path } { $path }.new && mv { $path }.new { $path }
host-store-image = The store “{ $store }” is not used for an image: it would be run or looked up on this machine
host-store-image-hint = Keep the password of an image in the store file, or in a vault with a key file or a passphrase
host-link-hint = Put a regular file there, or choose another path with --target NAME=PATH
host-no-group = There is no group named { $group }
host-owner = { $path }: its owner and group cannot be set
host-owner-hint = Run mailsetup with sudo
host-extended = { $path }: { $name } cannot be carried to its new version ({ $error }). Nothing is changed.
host-extended-hint = Take it off the file if it is not needed (“setfacl -b”, “setfattr -x”), or run mailsetup with sudo
host-run-start = { $command } could not be started: { $error }
host-run-slow = { $command } did not end within { $seconds } seconds
host-run-large = { $command } printed without end
host-run-failed = { $command } failed ({ $status })
host-run-said = { $command } failed: { $said }
host-journal = The record of an earlier write cannot be understood: { $path } ({ $error })
host-journal-hint = Move { $path } away to go on without it
host-conflict = { $path } was edited since, in the lines that mailsetup wrote; nothing was changed
host-conflict-hint = Edit it by hand; what was there before is in { $backup }
host-conflict-new-hint = Edit it by hand; there was no such file before
host-nothing-to-undo = There is no write to take back
host-put-back = Everything was put back as it was
host-not-put-back = { $path } was not put back; what was there before is in { $backup }
host-not-taken-away = { $path } was not taken away again: remove it by hand
host-cut-off = A run of { $when } was cut off. First it is put back: { $files }
host-cut-off-stays = A run of { $when } was cut off and left these half done: { $files }. mailsetup undo puts them back
secret-cut-off = { $why }. A run of { $when } was cut off: mailsetup undo puts back what it wrote
host-recovered = A run of { $when } was cut off; what it had written was put back
host-recovered-not = { $path } was edited since and was left as it is; what was there before is in { $backup }
host-recovered-left = { $path } was edited since and was left as it is
host-undo-damaged = { $path } was damaged and is as it was before that write. The damaged text is kept in { $backup }
host-undo-gone = { $path } was removed since and stays removed; what was there before is in { $backup }
host-undo-gone-new = { $path } was removed since and stays removed
host-dropped-unknown = { $target }: nothing is known any more of how its file was before. It stays as it is, with the password if that is in it
host-taken-over = { $path } is profile { $profile }’s by now: it stays as it is

host-input-stdin = Cannot read the password from standard input: { $error }
host-input-descriptor = Cannot read the password from file descriptor { $number }: { $error }
host-input-variable = The environment variable { $name } is not set
host-input-no-variable = The variable that is to hold the password is not set
host-input-no-file = There is no such file to read the password from
host-input-no-file-hint = Name the file that holds the password; the password itself belongs in no argument.
host-input-empty = The password is empty
host-input-not-text = The password is not UTF-8 text
host-input-long = The password is longer than 64 KiB
host-command-start = The password command could not be started: { $error }
host-command-slow = The password command did not end within { $seconds } seconds
host-command-failed = The password command failed ({ $status })
host-command-steered = The password command is not run as root: others can change { $path }
host-command-steered-hint = Put the program where root alone can write, or have the user who sends run it: --run-as USER
host-command-hint = Run the command yourself to see what it says: it may be the password, so it is not shown.

host-secret-open = { $path } holds the password, and everyone on this machine may read it (mode { $mode })
host-secret-open-hint = Close it with: chmod { $mode } { $path }
host-secret-missing-hint = Enter the password again with mailsetup edit
host-secret-no-entry = The store has no entry { $entry } of mailsetup
host-secret-foreign = This password was given for { $bound }, not for { $asked }: it is not handed out
host-secret-unclear = What says whom this password was given for is damaged: it is not handed out
host-secret-unclear-hint = Enter the password again with mailsetup edit
host-secret-foreign-hint = Enter the password of the other server with mailsetup edit
binding-login = { $host }, as { $username }
binding-host = { $host }
secret-for = for { $whom }
show-secret = password for { $whom }
secret-git-foreign = This password is for sending mail by the profile’s own server and port, not for { $asked }: it is not handed out
secret-git-input = git does not say which password it wants: { $cause }
host-keyring-absent = This mailsetup was built without the keyring.
host-keyring-no-bus = No keyring: no desktop session runs here (no D-Bus session bus)
host-keyring-no-service = No keyring: no keyring service runs in this session
host-keyring-silent = No keyring: it did not answer in time
host-keyring-locked = The keyring is locked and was not unlocked
host-keyring-ambiguous = The keyring has this entry more than once: remove the others
host-keyring-other = The keyring does not work: { $error }
host-keyring-hint = Unlock the keyring, or choose --secret-store file
## Command line

cli-about = Gets a server’s outgoing mail working, and proves that it works.
cli-usage = mailsetup [ADDRESS] [OPTIONS]
    {"       "}mailsetup COMMAND [ARGUMENTS]
cli-after-help = Without a command, mailsetup sets up a relay: in a terminal it asks, in a script it takes everything from flags.
    Every option can also come from a variable (MAILSETUP_HOST for --host) or from a file (--answers FILE.toml).
    Try it without owning anything: mailsetup --demo
cli-heading-commands = Commands
cli-heading-options = Options
cli-heading-usage = Usage:
cli-heading-arguments = Arguments
cli-answers-unreadable = The answers file { $file } cannot be read: { $cause }
cli-answers-syntax = { $file }, line { $line }: { $cause }
cli-answers-unknown = { $file }: there is no answer called “{ $key }”.
cli-answers-kind = { $file }: “{ $key }” must be text, a number, true, false or a list of texts.
cli-answers-password = { $file }: a password does not belong in an answers file. Give password_file, password_env or password_command.
cli-did-you-mean = Did you mean { $near }?
cli-preset = A preset of your own is passed over: { $fault }
cli-preset-key = A key of a preset of your own is passed over: { $fault }
cli-image-presets = { $path } is not read: it belongs to the image. Presets and texts come from this machine alone
cli-text = A sentence of your own text file cannot be used: { $fault }
cli-timeout = --timeout: “{ $typed }” is not a number of seconds between 0.1 and 3600.
cli-lock-timeout = --lock-timeout: “{ $typed }” is not a number of seconds between 0 and 86400.
cli-output = The output cannot be written: { $cause }
cli-input = Standard input cannot be read: { $cause }
cli-terminal = The terminal is gone: { $cause }
cli-bad-answer = { $name }: { $why }
cli-password-fd = { $flag } takes the number of an open file descriptor.
cli-passwords = Say only once where the password comes from: { $names }.
cli-switch = { $name }: answer yes or no instead of “{ $typed }”.
cli-empty-hint = Leave it out if you do not mean it; in a script, see whether its variable is set.
cli-contradiction = { $one } and { $other } contradict each other. Say one of them.
cli-passphrases = Say only once where the vault’s passphrase comes from: { $names }.
cli-idle = { $flag } does nothing with { $other }.
cli-idle-without = { $flag } does nothing without { $other }.
cli-idle-program = { $flag } does nothing: no target here runs a program for the password.
cli-idle-targets = { $flag } counts for these targets alone, and none of them was chosen: { $targets }.
cli-idle-targets-hint = Add one of them with { $target }, or leave { $flag } out
cli-vault-locked = The vault is there already, locked with { $lock }; { $flag } does not change that.
cli-vault-locked-hint = To change it: mailsetup vault lock-with { $lock }
cli-group-of-nobody = { $group } needs users who send beside root: name them with { $users }.
cli-image-program = --image-program is the path of mailsetup inside the image of --root, and begins with a slash.
cli-image-program-hint = For example: --root /srv/image --image-program /usr/bin/mailsetup
cli-variable-unknown = { $name } is none of mailsetup’s variables.
cli-variable-password = MAILSETUP_PASSWORD is not read. Name where the password is: MAILSETUP_PASSWORD_FILE, MAILSETUP_PASSWORD_ENV or MAILSETUP_PASSWORD_COMMAND.
cli-ca-file-unreadable = --ca-file: { $file } cannot be read: { $cause }
cli-ca-file-bad = --ca-file: { $file } holds no certificate that can be used: { $cause }
cli-ca-file-hint = It has to be a PEM file with the authority’s certificate: -----BEGIN CERTIFICATE-----
cli-client-key-alone = --client-key is given without --client-cert
cli-client-key-alone-hint = Give both: --client-cert FILE --client-key FILE. One file with both needs --client-cert alone.
cli-client-cert-unreadable = { $file } cannot be read: { $cause }
cli-client-cert-none = --client-cert: { $file } holds no certificate that can be read
cli-client-cert-none-hint = It has to be a PEM file with the certificate first, then those of its authority: -----BEGIN CERTIFICATE-----
cli-client-key-none = --client-key: { $file } holds no private key that can be used
cli-client-key-none-hint = It has to be a PEM file with an RSA, ECDSA or Ed25519 key: -----BEGIN PRIVATE KEY-----
cli-client-key-locked = --client-key: { $file } needs a passphrase, which nobody types when mail is sent
cli-client-key-locked-hint = Take it off in a file of its own: (umask 077; openssl pkey -in { $file } -out client-key.pem)
cli-client-key-open = --client-key: everybody can read { $file }
cli-client-key-open-hint = Close it first: chmod o= { $file }
cli-client-key-other = { $key } is not the key of the certificate in { $cert }
cli-client-key-other-hint = Both have to print the same: openssl x509 -in { $cert } -noout -pubkey; openssl pkey -in { $key } -pubout
cli-client-cert-expired = --client-cert: the certificate in { $file } expired on { $day }
cli-client-cert-expired-hint = Get a new one from whoever runs the server.
cli-client-cert-early = --client-cert: the certificate in { $file } is valid from { $day } on
cli-client-cert-early-hint = Check this machine’s clock: date
cli-cancelled = Cancelled. Nothing was written.

flag-help = Show this help
flag-version = Show the version
flag-imap = Keep IMAP settings in the profile
flag-no-imap = Keep no IMAP settings
flag-arrival = Look for the test message in the mailbox, by IMAP, and say where it arrived
flag-no-arrival = Look into no mailbox
flag-arrival-to = Send the test message to this address of yours, and look for it there
flag-arrival-delete = Take the test message away once it was seen to arrive
flag-imap-password-stdin = Read the mailbox’s password from standard input
flag-imap-password-file = Read the mailbox’s password from a file
flag-imap-password-fd = Read the mailbox’s password from a file descriptor
flag-imap-password-env = Read the mailbox’s password from an environment variable
flag-imap-password-command = Run a command that prints the mailbox’s password
flag-this-domain = The address's domain is right, though it is one slip away from a big provider's
flag-allow-plaintext = Agree to send without encryption beyond this machine
flag-yes = Write without asking
flag-force = Write even if the test fails
flag-through = Write programs for the relay that this target set up here, as msmtpd
flag-take-over = Take the place of another profile in a file that has room for one
flag-unproven = Write without a test, and without a password that is there only at run time; “mailsetup check” proves it then
flag-image-program = Where mailsetup is in the image of --root: what passwordeval and the like run there
flag-password-stdin = Read the password from standard input
flag-password-file = Read the password from this file
flag-password-fd = Read the password from this file descriptor
flag-answers = Take answers from this TOML file
flag-dry-run = Test and plan, but send and write nothing
flag-all = Every profile that is not removed
flag-drift = Only look whether the files are as the profile says, without the network
flag-scope = Whose settings: this user’s, or the whole system’s
flag-target = Write the settings for this program; mailsetup targets lists them
flag-test = How far the live test goes
flag-pin-sha256 = Trust this one certificate, by its SHA-256
flag-ehlo = The name by which this machine greets the server
flag-dry-run-command = Show what would be done; change nothing
flag-diff = Show what is written, as a diff
flag-plain = Ask by plain prompts instead of the full screen
flag-demo = Try everything against a built-in mail server
flag-root = Write below this folder, as for an image
flag-timeout = How long one step of the test may take, in seconds (10)
flag-if-exists = Succeed also where there is no such profile
flag-purge = Keep nothing that could bring it back, no copy of the password either
flag-lock-timeout = How long to wait for another mailsetup that is writing, in seconds (10)
flag-lang = Language
flag-color = Colours; NO_COLOR counts
flag-json = Print one JSON document, ask nothing
flag-no-input = Ask nothing; say what is missing
flag-quiet = Say only what went wrong
flag-verbose = Say more
flag-send = Send a message as well
flag-offline = Use no network
flag-eml = The saved message or its headers, or - for standard input
flag-jsonl = Explain JSON lines from standard input
flag-stale = Only those whose facts were checked more than MONTHS ago (18), oldest first
flag-provider = The provider’s key
flag-host = The server’s name
flag-port = The server’s port
flag-stage = The step at which it came
flag-file = Read this file: a log, a returned message, a reply
flag-journal = Read the system’s journal of mail
flag-since = Only what a log says from TIME on: 2h, 3d, today, 2026-11-30 03:00
flag-profile = The profile’s name
flag-print = Print instead of writing

command-check = Test a saved profile again; for cron and monitoring
command-apply = Make every file as the profile says
command-detect = Show the settings for addresses
command-arrival = Say what the receiver made of a message, by its headers
command-explain = Say what a server’s reply or an error means
command-export = Write a saved profile for one more program
command-list = List the saved profiles
command-show = Show a saved profile
command-edit = Change a saved profile
command-remove = Take back what was written for a profile
command-undo = Take back the last write
command-purge = Remove all that is kept of removed profiles
command-secret = Print a profile’s password, for passwordeval and the like
command-providers = List the providers that mailsetup knows
command-targets = List the programs that mailsetup writes settings for
command-generate = Print the man page, completions or schemas
command-help = Show the help of a command
command-man = Print the man page
command-completions = Print completions for a shell
command-schema = Print the JSON schema of a file

arg-profile = The profile’s name
arg-address = E-mail addresses
arg-reply = The reply or error, or - for standard input
arg-target = The target’s name, or NAME=PATH
arg-query = Part of a name
arg-shell = The shell
arg-kind = Which file, or which command’s document
arg-command = The command

usage-password = There is no { $flag }: every user of this machine can read arguments. Use --password-file, --password-stdin, --password-fd, --password-env or --password-command.
usage-unknown-flag = { $flag } is not understood here.
usage-unknown-command = There is no command { $command }.
usage-no-value = { $flag } needs a value.
usage-bad-value = { $flag }: “{ $value }” is not one of: { $values }.
usage-missing = { $flag } is missing.
usage-no-command = A command is missing.
usage-conflict = { $flag } cannot be used here.
usage-twice = { $flag } is given twice; once is enough.
usage-too-many = There is more here than an address and options.
usage-other = { $flag } cannot be understood.
usage-help = See: mailsetup --help

script-missing = Missing: { $flags }
script-missing-hint = Give them as options, as variables, or in a file with --answers.
script-reuse = The password was given for { $bound }, not for { $asked }
script-reuse-hint = Name the other password with --password-file or --password-stdin; --reuse-secret gives it this one, which is then for it alone
script-profile-taken = The profile { $profile } is for { $address } at { $host }: it is not replaced unasked
script-profile-damaged = The profile { $profile } is damaged: it is not replaced unasked
runner-profile-taken-hint = Another run has just saved it. Nothing was written. Run mailsetup again with --profile and another name; --profile { $profile } changes that one
script-profile-taken-hint = --profile { $free } makes another profile; --profile { $profile } changes that one, and the programs that use it
script-missing-password-hint = Give them as options, as variables, or in a file with --answers. A server that takes mail without a login: --auth none.
script-missing-provider-hint = Give them as options, as variables, or in a file with --answers. A server of your own: --provider custom with --host.
script-mistyped = { $domain } is probably a slip: { $meant } was meant.
script-mistyped-hint = Correct the address. If the domain is right, say so: { $flag }
warn-slip = { $domain } looks like { $meant }: somebody else may have it, so nothing of it is looked up. If it is right, say so: --this-domain
script-needs-yes = Everything is tested and planned; --yes is missing to write it.
script-needs-yes-hint = See first what would be written: --dry-run --diff
script-cancelled = Cancelled. Nothing was written.
script-nothing-written = Nothing was written.
script-next = Run next:
script-again = Then run again:

talk-welcome = mailsetup: a few questions, a live test, then the settings are written.
talk-keys = Esc goes back, Ctrl-C leaves. Nothing is written before you say yes.
talk-welcome-lines = Enter takes what stands in brackets. < goes back, - empties an answer, ? helps, Ctrl-C leaves.
talk-prompt-keys = Esc: back
talk-lines-keys = Enter takes what stands in brackets. < goes back, - empties an answer, Ctrl-C leaves.
talk-lines-search = There are { $count } in all: type a part of a name to search them, or ? to list them.
talk-lines-all = There are { $count } in all: type ? to list them.
talk-lines-no-match = Nothing matches “{ $typed }”. Type another part of the name, or ? to list all.
talk-change = What do you want to change?
talk-menu = Break or mend the demo’s server first
talk-testing = Testing ...
talk-writing = Writing ...

crash = A fault in mailsetup itself ended it. Report this line, it holds nothing of yours:
runner-taken-back = Everything was put back as it was.
runner-broken = A fault in mailsetup itself ended this step, at { $place }. Report that place: it holds nothing of yours.
runner-broken-plan = Nothing was written. Leave a target out, or name another file for it, to see which one it is.
runner-broken-write = Run mailsetup again: it first takes back what was half written.
runner-mismatch = { $target } would not read { $field } as it was meant.
runner-left-to-do = Still to be run in the image: { $command }
runner-planned-again = { $path } was changed by someone else after you saw the plan; what they wrote is kept

message-subject = Test message from { $host }
message-body = { $host } sent this message on { $when } to prove that its outgoing mail works.

    It did. Nothing has to be done with this message.
message-subject-written = Test message from { $host }, with the written settings
message-body-written = { $host } sent this message on { $when } with the settings that were read back from { $file }.

    They work. Nothing has to be done with this message.

check-passed = Profile { $profile }: mail goes out.
check-passed-image = Profile { $profile }: mail goes out from here with the image’s settings. Whether the image sends, only its first boot can show.
check-drift = { $path } ({ $target }): { $fields } no longer as the profile says
check-missing = { $path } ({ $target }) is missing
check-edited = { $path } ({ $target }) is not as it was written, though its settings are right
check-drifted = Profile { $profile }: the server takes its mail, but not every file here is as the profile says.
check-no-drift = Profile { $profile }: every file is as the profile says.
check-apply = Next: mailsetup apply { $profile } writes them again.
check-older-call = { $file } asks for the password without naming the server. It goes on working; mailsetup export { $target } --profile { $profile } writes it anew
check-unsaved = The result was not kept: { $why }
detect-no-address = “{ $typed }” is not an address.
detect-unknown = { $address }  no preset knows this domain. Use --provider custom with --host.
explain-nothing = Nothing to explain: paste the reply behind “mailsetup explain”, or pipe it in.
explain-file = { $file } cannot be read: { $cause }
explain-journal = The journal cannot be read: { $cause }
explain-journal-hint = Where mail is logged into a file: mailsetup explain -f /var/log/mail.log
explain-since = “{ $typed }” is no time. Write 90min, 2h, 3d, today, yesterday, 2026-11-30 or "2026-11-30 03:00".
explain-since-no-log = --since needs a log, whose lines begin with a time. Leave it out to explain this text.
explain-long = The text is longer than 4 MiB: what comes behind is not read. Of a log every line is read.
explain-no-text = This is no text but { $kind }.
explain-no-text-unpack = Unpack it first: { $command }
explain-no-text-type = Type the text that it shows, or copy it.
log-read = { $lines ->
    [one] { $lines } line read.
   *[other] { $lines } lines read.
}
log-cut = { $lines ->
    [one] { $lines } entry is longer than { $size } KiB: only its beginning was read.
   *[other] { $lines } entries are longer than { $size } KiB: only their beginnings were read.
}
log-group = { $count } × { $title }
log-from-to = From { $first } to { $last }
log-at = At { $time }
log-messages = Messages, the last ones: { $names }
log-recipients = Recipients, the last ones: { $names }
log-strangers = Turned away by this machine’s own mail server. There is nothing to mend, unless one of them is yours:
explain-line-object = Line { $line }: one JSON object is expected, such as { $example }
explain-line-field = Line { $line }: { $field }: { $why }
explain-line-text = This has to be a text
explain-line-missing = This is missing
explain-line-near = “{ $typed }” is probably meant to be { $near }.

arrival-paste = Paste the headers of the message, then press Ctrl+D on a line of its own.
arrival-unreadable = The message { $file } cannot be read: { $cause }
arrival-no-message = These are no headers of a message.
arrival-no-message-hint = Save the message as .eml, or copy all headers: in Gmail “Show original”, in Outlook “View message source”.
arrival-passed = What the receiver checked passes for { $domain }
arrival-junk = A filter took this message for spam
arrival-failing = To the receiver this message does not prove to be from { $domain }
arrival-unsaid = The receiver does not say whether this message is from { $domain }
arrival-label-receiver = Receiver
arrival-label-envelope = Envelope
arrival-label-tls = Last hop
arrival-label-spam = Filters
arrival-label-way = Way
arrival-label-unbelieved = Not believed
arrival-not-said = not said
arrival-aligned-strict = the domain of From
arrival-aligned-relaxed = goes with the domain of From
arrival-aligned-none = another domain than From
arrival-selector = selector { $selector }
arrival-policy = policy { $policy }
arrival-tls-version = TLS { $version }
arrival-tls-some = encrypted
arrival-tls-none = not encrypted
arrival-spam-yes = spam
arrival-spam-no = no spam
arrival-hop = { $from } to { $by }
arrival-after = after { $seconds } s
arrival-sender-says = says the sender
arrival-do = What to do:
arrival-do-spam = { $filter } took it for spam. Send what a person would write, not “test”; mark the message as “not spam”, let SPF, DKIM and DMARC pass, and try again. Once is no verdict on the domain.
arrival-do-silent = { $receiver } says nothing of SPF, DKIM and DMARC, as with mail within one provider. Send a message to a mailbox at another provider (Gmail, Outlook.com and iCloud say it) and read that one.
arrival-do-unsaid = What this receiver says is not enough to know. Send a message to a mailbox at another provider (Gmail, Outlook.com and iCloud say all three) and read that one.
arrival-do-spf-none = { $domain } has no SPF record. Add: { $domain }. TXT "v=spf1 { $term } ~all". With a relay, put the include: that it names in place of { $term }.
arrival-do-spf-fail = The SPF record of { $domain } does not allow the server that sent this. Add { $term } to it or, with a relay, the include: that it names. There must be one record only.
arrival-do-spf-error = The SPF record of { $domain } is wrong. Look for a second record, a misspelt word, and more than 10 lookups.
arrival-do-dns = The receiver could not look up the records of { $domain }. Send again later; if it stays, ask whoever runs the name servers.
arrival-do-dkim-none = The message is not signed. Switch DKIM on for { $domain } at the relay, or sign with OpenDKIM or Rspamd here, and add the record that it gives (NAME._domainkey.{ $domain }).
arrival-do-dkim-fail = The DKIM signature of { $domain } does not hold. Compare the record { $selector }._domainkey.{ $domain } with the key of the signer; if they agree, something changes the message after signing (a footer, a filter).
arrival-do-unaligned = What passes is not the domain of From ({ $others }). Let the relay sign as { $domain } (“domain authentication”), or use an envelope sender below { $domain }.
arrival-do-strict = DMARC wants exactly the domain of From: the record _dmarc.{ $domain } has adkim=s or aspf=s. Sign with d={ $domain }, or take these words out of the record.
arrival-do-dmarc = { $domain } has no DMARC record. Add: _dmarc.{ $domain }. TXT "v=DMARC1; p=none"
arrival-do-tls = The last hop was not encrypted. Let the server that delivers use TLS (Postfix: smtp_tls_security_level = may).
arrival-do-late = The message waited { $seconds } s before { $server } took it. Look in the log of the server before it: greylisting, a queue, or a wrong clock.
scope-other = Of root’s own scope: { $path } (--scope user)
scope-both = Root’s own scope has one too, in { $path }: --scope user
scope-written = This is for the whole system, in { $path }. For root alone: --scope user
list-empty = There is no profile yet. Run mailsetup to make one.
list-checked = { $result }, { $when }
list-unchecked = not tested
list-disabled = removed
remove-done = What was written for profile { $profile } is taken back. “mailsetup undo” brings it back.
purge-done = Profiles of which nothing is kept any more: { $count }
remove-others = The profile { $profile } sends by the same mailer and needs what was taken out: run mailsetup apply { $profile }.
remove-left = For “mailsetup undo”, copies with the password stay in { $path } and in its store. “mailsetup purge” removes them
remove-already = What was written for profile { $profile } is taken back already: nothing changed.
remove-absent = There is no profile { $profile }: nothing to remove
undo-done = The write of { $when } for profile { $profile } is taken back.
undo-put-back = That run is put back. The write before it stands; to take that back too, run mailsetup undo again.
secret-disabled = Profile { $profile } was removed.
secret-disabled-hint = “mailsetup edit { $profile }” sets it up again.
secret-none = Profile { $profile } has no login, so it has no password.
nothing-found = Nothing matches “{ $query }”.
demo-failed = The demo’s server cannot start: { $cause }
demo-folder = The demo wrote everything into { $folder }. Delete it when you are done.
demo-arrived = Arrived for { $to }: “{ $subject }”, from { $from }

## Plan: why nothing is written, and what to know

plan-unknown-target = There is no target “{ $typed }”.
plan-scope-user = { $target } is set up for the whole system only: run mailsetup as root, or add --scope system.
plan-scope-system = { $target } is set up for one user only: give its file with --target { $target }=PATH, or add --scope user.
plan-security = { $target } cannot send with security “{ $security }”.
plan-auth = { $target } cannot log in with { $auth }; choose auto or another mechanism.
plan-token-stale = { $target } keeps an access token in its file and does not renew it: it would stop sending within an hour.
plan-token-passwords-only = { $target } logs in with passwords only; it does not know { $auth }.
plan-token-too-long = { $target } sends the token along with the AUTH command, where { $auth } has room for about 300 characters; this one is longer, and the server would call it wrong.
plan-token-lacks = { $target } knows { $auth } from { $part } on, which is not installed here.
plan-token-others-renew = { $target } runs as { $users } here, who may read the access token that root keeps, and not renew it: it would stop sending within an hour.
plan-hint-token-others-renew = Leave --run-as out, so that root’s own programs send. Or run the relay with tokens of a command of yours (--target msmtp --target msmtpd --store command, without --oauth-grant), and write the program for it: --through msmtpd.
plan-hint-token = Choose a target that fetches a fresh token each time: { $instead }. Or set up a relay on this machine once (--target msmtp --target msmtpd), and write this program for it: --through msmtpd.
plan-hint-token-long = Choose --auth xoauth2 and a target that sends long tokens too: { $instead }.
plan-ca-file = { $target } cannot trust an authority of its own: add the CA to the system’s certificates and leave --ca-file out.
plan-proxy = { $target } cannot use a { $kind } proxy: where that is the only way out, its mail stays here.
plan-hint-proxy = Choose a target that can: { $instead }. To write this one all the same: --proxy none, with --force where the test cannot pass.
plan-hint-proxy-none = No target can. To write this one all the same: --proxy none, with --force where the test cannot pass.
choice-target-no-proxy = It cannot use this proxy.
plan-client-cert = { $target } cannot show a client certificate. msmtp, Postfix and Exim can: write one of them and let { $target } send through it.
plan-client-cert-files = { $target } reads a client certificate and its key from one file. Make one (cat CERT KEY > FILE; chmod 600 FILE) and give it as --client-cert and as --client-key.
plan-pin = { $target } cannot trust a single certificate; give the CA’s certificate with --ca-file, or choose another target.
plan-needs-user = { $target } runs as a user of its own, not as root: name one with --run-as.
plan-hint-needs-user = Make one that does nothing else: adduser --system --group mailrelay, then --run-as mailrelay.
plan-no-secret = { $target } needs the password in its file, and it is not known here: give it, for example with --password-file.
plan-lost = { $target } would read something else from { $path } than was meant: { $fields }. Nothing was written.
plan-hint-lost = Another line of { $path } decides this; look there for an earlier or inherited setting.
plan-foreign = { $path } is there already and is not mailsetup’s: move it away, or choose another path.
plan-not-installed = { $path } is not there: install { $target } first.
plan-unreadable = { $path } cannot be read: { $cause }
plan-same-path = { $first } and { $second } would both be written to { $path }: give one of them another path.
plan-newer-schema = { $path } was written by a newer mailsetup (schema { $schema }); it stays untouched. Update mailsetup.
plan-template = The preset of { $target } has an error: { $cause }

plan-unfit-line-break = { $target } cannot carry { $field ->
    [password] this password
    [username] this user name
   *[other] this value ({ $field })
  }: it has a line break.
plan-unfit-control = { $target } cannot carry { $field ->
    [password] this password
    [username] this user name
   *[other] this value ({ $field })
  }: it has the control character { $character }.
plan-unfit-characters = { $target } cannot carry { $field ->
    [password] this password
    [username] this user name
   *[other] this value ({ $field })
  }: there is no way to write { $characters } in it so that every reader understands it.
plan-unfit-edge-blank = { $target } cannot carry { $field ->
    [password] this password
    [username] this user name
   *[other] this value ({ $field })
  }: a blank at its end would be dropped.
plan-unfit-too-long = { $target } cannot carry { $field ->
    [password] this password
    [username] this user name
   *[other] this value ({ $field })
  }: it takes at most { $limit } bytes.

plan-fault-not-utf8 = { $path } is not UTF-8 text: line { $line }.
plan-fault-open-quote = { $path }, line { $line }: a quote is opened and never closed.
plan-fault-no-equals = { $path }, line { $line }: a setting without “=”.
plan-fault-stray = { $path }, line { $line }: the line begins with a blank, but there is no line before that it could continue.
plan-fault-long-line = { $path }, line { $line }: the line is longer than its program reads.
plan-fault-account-twice = { $path }, line { $line }: an account of this name is there already.
plan-fault-account-unknown = { $path }, line { $line }: the account that it refers to is not defined above.
plan-fault-block-open = { $path }, line { $line }: “BEGIN mailsetup” has no “END mailsetup”.
plan-fault-block-close = { $path }, line { $line }: “END mailsetup” has no “BEGIN mailsetup”.
plan-fault-block-twice = { $path }, line { $line }: mailsetup’s block is there twice.
plan-fault-crlf = { $path }, line { $line }: Windows line ends, which its program does not understand.

plan-hint-nearest = Did you mean { $nearest }?
plan-hint-targets = “mailsetup targets” lists what there is.
plan-hint-not-following = Nothing is changed until the new user can read every file.
plan-hint-shared-group = --run-as-group { $group } makes a group for them, which alone reads what they need.
plan-hint-one-login = { $target } has room for one login, and keeps it. A mailer with room for several, each by its sender: { $instead }, or msmtp. To put this profile in the other’s place: --take-over.
plan-hint-no-user = A user of a directory (Active Directory, LDAP) is found where “getent passwd { $user }” finds it.
plan-same-sender = Profile { $profile } already sends as { $sender } through { $target }, which tells profiles apart by their senders alone, without regard to capital letters.
plan-hint-same-sender = Give this profile another address, or change the other one: mailsetup edit { $profile }.
plan-hint-take-over = Choose another file with --target NAME=PATH, or take this one with --take-over.
plan-hint-instead = The target { $instead } can carry it.
plan-hint-password = Create another password, or choose another target.
plan-hint-mend = The file stays untouched; mend this line and try again.

plan-note-default-taken = { $path } has a default account already, which stays. To send through the new one, name it: -a { $account }
plan-note-closed = { $path }: others could read it ({ $before }); with the password in it they cannot any more ({ $after }). If { $target } runs as another user, name that user with --run-as, or give the file to that user’s group.
plan-note-group-made = The group { $group } is made for { $users }: who is in it can read the password. A service that runs already gets it at its next start; undo leaves it.
plan-note-group-joined = { $users } are put into the group { $group }, and can read the password then. A service that runs already gets it at its next start.
plan-note-group-others = { $users }: in the group { $group } too, and can read the password. Take them out one by one ({ $command }), or give the users who send a new group: --run-as-group. Then change the password.
plan-note-orphaned = { $path } ({ $target }) is gone, or leads elsewhere by now: it is left as it is. “mailsetup apply { $profile }” writes it again; “mailsetup edit { $profile } --target …” names those that are to stay
plan-note-program-closed = { $target } runs { $path } for the password, and { $user } cannot: { $folder } is closed to that user. Install mailsetup where everybody can run it, such as /usr/local/bin, and name it with --secret-command-path.
plan-note-program-foreign = { $target } will run { $path } for the password each time it sends, and { $folder } belongs to { $owner }, who can put another program there. Install mailsetup where only root can write, such as /usr/local/bin, and name it with --secret-command-path.
plan-note-program-open = { $target } will run { $path } for the password each time it sends, and anybody can write in { $folder }: it may be gone by then, or another program. Install mailsetup where only root can write, such as /usr/local/bin, and name it with --secret-command-path.
plan-note-program-build = { $target } will run { $path } for the password each time it sends, and { $folder } is a build folder: once it is cleaned, no mail goes out. Install mailsetup, for example in /usr/local/bin, and name it with --secret-command-path.
## The full-screen wizard

tui-step-sender = Sender
tui-step-provider = Provider
tui-step-server = Server
tui-step-password = Password
tui-step-test = Test
tui-step-write = Write
tui-page-sender = Who does the mail come from?
tui-page-provider = Who is your mail provider?
tui-page-server = Where does the mail go out?
tui-page-password = How does this machine log in?
tui-page-test = How far should the live test go?
tui-page-write = What should use these settings?
tui-too-small = Make this window { $columns }×{ $rows } or larger.
tui-filter = type to search
tui-filter-none = Nothing matches. Backspace takes the search back.
tui-pasted-break = Only the first line of what you pasted was taken.
tui-first = This is the first question. Ctrl-C leaves; nothing was written.
tui-probe = Connection
tui-probe-running = Connecting to { $server } …
tui-probe-secured = { $server } answers, TLS { $found }
tui-probe-answers = { $server } answers
tui-probe-failed = { $server }: { $title } (F6 shows more)
tui-live-test = Live test
tui-guess = This is the likeliest cause, not a certain one.
tui-offer = Enter: { $label }
tui-offer-trust = key c: { $label }. Compare before: { $certificate }
tui-arrived = Arrived:
tui-more-advice = There is more to know: F3.
tui-planning = Working out what would be written …
tui-writing = Writing …
tui-proving = A message goes out from what was written
tui-dry-run = A dry run: nothing was written. This is what would be.
tui-answers = All answers
tui-review-nothing = Everything is already as it should be: no file changes.
tui-domain-asking = The records of { $domain } in DNS are being looked at …
tui-domain-lacks = { $domain } lacks records in DNS: see the end of this page.
tui-domain-fine = The records of { $domain } in DNS fit this provider.
tui-domain-open = Whether the records of { $domain } in DNS fit is not known: see the end of this page.
tui-domain-title = { $domain } in DNS
tui-review-new = new
tui-review-changed = changed
tui-review-removed = removed
tui-review-keep = The password goes into: { $store }
tui-review-runs = Then these commands run:
tui-transcript = What was said, without secrets
tui-link-no-room = There is no room here for the QR code. Make the window larger, or copy the link.
tui-menu = Try what happens when …
tui-help-keys = Keys
tui-help-edit = In a line: Home, End, Ctrl-Left and Ctrl-Right move, Ctrl-W takes a word away, Ctrl-U all, Ctrl-K the rest.
key-name-ctrl = Ctrl
key-name-space = Space
key-name-backtab = Shift-Tab
key-name-page-up = PgUp
key-name-page-down = PgDn
key-name-enter = Enter
key-name-esc = Esc
key-name-home = Home
key-name-end = End
key-name-up = ↑
key-name-down = ↓
key-name-left = ←
key-name-right = →

key-next = next
key-write = write
key-finish = leave
key-primary = go on
key-fix = apply the fix
key-trust = trust certificate
key-retry = test again
key-password = new password
key-transcript = transcript
key-report = save report
key-edit = edit
key-force = write anyway
key-field = field
key-field-back = field before
key-stop = stop
key-back = back
key-help = help
key-link = QR code
key-menu = break things
key-answers = answers
key-probe = connection
key-toggle = choose
key-choose = choose
key-close = close
key-up = up
key-down = down
key-left = the one before
key-right = the next one
key-scroll-up = scroll up
key-scroll-down = scroll down
key-page-up = page up
key-page-down = page down
key-top = to the beginning
key-bottom = to the end
key-clear = empty the line
key-leave = leave
key-suspend = to the shell, come back with fg
key-redraw = draw the screen anew

## Results in words

render-ms = { $number } ms
render-s = { $number } s
render-decimal-point = .
render-security-tls = implicit TLS
render-security-starttls = STARTTLS
render-security-none = no encryption
render-source-flag = flag
render-source-env = environment
render-source-file = answers file
render-source-profile = profile
render-source-fix = fix
render-source-preset = preset
render-source-default = default
render-stage-dns = DNS
render-stage-connect = Connect
render-stage-greeting = Greeting
render-stage-ehlo = EHLO
render-stage-capability = Capabilities
render-stage-starttls = STARTTLS
render-stage-tls = TLS
render-stage-auth = Login
render-stage-mailbox = Mailbox
render-stage-mail = Sender
render-stage-rcpt = Recipient
render-stage-data = Message
render-stage-arrival = Arrival
render-left-to-proxy = the proxy looks the name up
render-by-proxy = by { $proxy }
render-connected = { $family }, { $address }
render-connected-after = { $family }, { $address }, after { $failed ->
    [one] { $failed } failed attempt
   *[other] { $failed } failed attempts
}
render-helo = knows only HELO: nothing is offered
render-no-auth = no AUTH
render-size = SIZE { $size }
render-secured = { $version }, signed by { $issuer }, valid to { $until }
render-pinned = { $version }, the pinned certificate
render-logged-in = { $mechanism }
render-sighted-inbox = in the inbox after { $time }
render-sighted-junk = among spam ({ $mailbox }) after { $time }
render-sighted-elsewhere = in { $mailbox } after { $time }
render-sighted-bounced = came back after { $time }
render-sighted-not-yet = not seen within { $time }
render-fault-tls = TLS: { $words }
render-fault-local = This machine: { $words }
render-fault-not-smtp = This is not mail: “{ $words }”
render-fault-not-imap = This is not an IMAP server: “{ $words }”
render-fault-landed-in-spam = It is among spam.
render-fault-landed-elsewhere = It is in another mailbox.
render-fault-unaligned = Nothing vouches for the sender’s domain.
render-fault-not-arrived = It has not been seen yet.
render-fault-bounced = It came back.
render-fault-arrived-late = It took long.
render-fault-no-verdict = The receiver does not say whether it believes the sender.
render-fault-dns-not-found = This name does not exist.
render-fault-dns-no-address = This name has no address.
render-fault-dns-unavailable = The name server does not answer.
render-fault-refused = Connection refused.
render-fault-connect-timed-out = No answer in time.
render-fault-unreachable = The network does not reach it.
render-fault-connect = It cannot be connected to.
render-fault-timed-out = No answer in time.
render-fault-closed = The server closed the connection.
render-fault-io = The connection broke.
render-fault-not-tls = What came is not TLS.
render-fault-cert-expired = The certificate has expired.
render-fault-cert-not-yet-valid = The certificate is not valid yet.
render-fault-cert-self-signed = The certificate is self-signed.
render-fault-cert-unknown-issuer = Nobody whom this machine trusts signed the certificate.
render-fault-cert-wrong-name = The certificate is for another name.
render-fault-cert-wrong-pin = The certificate is not the pinned one.
render-fault-cert-unsupported = The certificate’s form is not accepted.
render-fault-no-starttls = The server does not offer STARTTLS.
render-fault-injected = The server spoke before it was asked: stopped.
render-fault-unproven = The server did not prove that it knows the password: stopped.
render-fault-proxy-unreachable = The proxy is not reached:
render-fault-proxy-login = The proxy wants a login:
render-fault-proxy-forbidden = The proxy does not let this through:
render-fault-proxy-onward = The proxy does not reach the server:
render-fault-proxy-garbled = This is no such proxy:
render-fault-client-cert-wanted = The server wants a client certificate.
render-fault-client-cert-refused = The server does not take the client certificate.
render-fault-no-auth = The server offers no login here.
render-fault-no-common-mechanism = The server offers no login method that fits.
render-fault-too-long = The server’s answer does not end.
render-fault-no-smtputf8 = The server does not take addresses with such letters.
render-fault-cancelled = Stopped.
render-success-sent = The server took the message for { $to }.
render-success-rehearsed = The server accepts sender and recipient.
render-success-login = The server accepts the login.
render-success-connect = The server answers.
render-cost = { $time }, { $trips ->
    [one] { $trips } round trip
   *[other] { $trips } round trips
}.
render-written = Done. This machine can send mail.
render-written-no-sendmail = Written, but cron and other programs cannot send yet.
render-written-unsent = Done. The settings are written; no test message went out.
render-unproven = Written, but a message could not be sent with it.
render-unseen = Written. Every message was taken, but nothing shows that all of them left this machine: look into the mailer’s queue and log.
render-unchanged = Done. Everything was already as it should be.
render-image = Done. The settings are in the image { $root }. Only its first boot can show that it sends: run “mailsetup check --send” there.
render-image-unchanged = Done. In the image { $root } everything was already as it should be. Only its first boot can show that it sends.
render-prepared = Written, and not proven: nothing was tested. Run “mailsetup check --send” once the machine has all that it needs.
render-file-created = new
render-file-changed = changed
render-file-removed = removed
render-file-unchanged = unchanged
render-backup = before: { $path }
render-proof-sent = { $target }: read back by { $reader }, and mailsetup sent a message to { $to } with what was written ({ $time })
render-proof-failed = { $target }: written, but sending from it failed at: { $stage }
render-proof-read = { $target }: mailsetup read its own lines back; no other program has read them yet
render-proof-program = { $target }: { $reader } itself reads the settings as they were written; nothing was sent
render-proof-parser = { $target }: { $reader }, which is no part of mailsetup, reads the settings as they were written; nothing was sent
proof-reader-differs = { $reader } reads the settings of { $target } otherwise than they were written: it does not say “{ $line }”.
render-try = Try it yourself:
render-equivalent = The same without questions:

## Diagnosis
diagnosis-install = { $name }: { $command }
diagnosis-the-provider = the provider
diagnosis-the-server = the server
diagnosis-this-sender = this sender
diagnosis-fix-no-login = Send without a login
diagnosis-mode-tls = implicit TLS
diagnosis-mode-starttls = STARTTLS
diagnosis-mode-none = no encryption
diagnosis-fine-title = No failure in this text
diagnosis-fine-meaning = All that mailsetup understands of it tells of mail that went well.
diagnosis-fine-step = If mail is missing all the same, paste the lines around the time at which it was sent, or the message that came back
diagnosis-challenge-title = The server asks for “{ $asked }”: the login goes on
diagnosis-challenge-meaning = 334 is no failure: it is how AUTH LOGIN asks, in base64. Whether the login succeeds is in the reply behind it.
diagnosis-challenge-step = Paste the lines behind it too, up to the reply that begins with 2, 4 or 5
diagnosis-queue-title = A list of waiting messages, which does not say why they wait
diagnosis-queue-meaning = Exim’s list names the messages only. Each has a log of its own, with what the server said.
diagnosis-queue-step = See what was said of one: { $command }
diagnosis-unknown-title = The cause is not known to mailsetup
diagnosis-unknown-meaning = Nothing in this text is a reply or an error that mailsetup recognises.
diagnosis-unknown-empty = There is no text to explain.
diagnosis-unknown-temporary = Code { $code } is one of 400 to 499: the server refuses for now, and the same attempt may succeed later (RFC 5321).
diagnosis-unknown-permanent = Code { $code } is one of 500 to 599: the server refuses for good, and the same attempt will fail again until something changes (RFC 5321).
diagnosis-unknown-step-words = Read the server’s own words in the transcript: they often name what is missing.
diagnosis-unknown-step-provider = Look up these words in your provider’s documentation, or send them to its support together with the date and time.
diagnosis-local-title = A file on this machine cannot be used
diagnosis-local-meaning = The server was not asked: { $words }
diagnosis-local-step-path = Check the path of the CA file, and that you may read it
diagnosis-local-step-pem = It has to be a PEM file with the authority’s certificate: -----BEGIN CERTIFICATE-----

render-link = Page: { $url }
render-plan-unchanged = stays as it is:
render-plan-created = is created:
render-plan-removed = is taken away:
render-plan-changed = changes:

## Egress: which ports answer

egress-other-title = Port { $port } of { $host } gives no answer; port { $open } is open
egress-other-network-title = This machine’s network blocks port { $port }; port { $open } is open
egress-other-network = { $second } gives no answer on port { $port } either, so it is not the server.
egress-other-server = { $second } answers on port { $port } from here, so this machine’s network lets it through: { $host } keeps it closed.
egress-other-either = Something between this machine and { $host } swallows what goes to port { $port }: a firewall here, at the hoster or at the server.
egress-network-title = This machine’s network blocks port { $port }
egress-network = { $second } gives no answer on port { $port } either, but port { $open } of it does. The server that you chose answers on no other port.
egress-server-title = { $host } answers on no mail port
egress-server = { $second } answers from here, so this machine’s network is fine: the server is down, or it is another host.
egress-server-there = { $second } answers from here, so this machine’s network is fine. { $host } is there, but takes no mail: it is another host, or its mail service is down.
egress-nothing-title = No mail server answers from here
egress-nothing = Neither { $host } nor { $second } answers on any mail port: this machine has no network, or its network blocks all of them.
egress-alone = No other port of { $host } that was tried is open: { $ports }.
egress-fix = Use port { $open } with { $mode }
egress-step-fix = { $fix }: it is open
egress-step-server-firewall = Is the server yours? Look at its firewall for port { $port }, and whether its mail service listens there
egress-step-other-server = Choose a server or relay that takes mail on port { $open }
egress-step-host = Compare { $host } with the provider’s page on mail settings
egress-step-status = If the name is right, look at the provider’s status page, or start the server’s mail service
egress-step-network = Look at this machine’s network: ip route, then curl -I https://example.com
egress-step-hoster = This machine is at { $hoster }, which blocks { $ports } at first and { $way }
egress-step-hosters = Ask the hoster to open port { $port }; known to block it: { $hosters }
egress-step-firewall = Look at this machine’s firewall for outgoing connections, and at the cloud’s security group
host-taken = { $path } is there already, and so are the names that follow from it
host-taken-hint = Choose another file, or delete the older ones

## Report

report-title = mailsetup { $version }, report of { $when }
report-privacy = There is no password in it. Server names, addresses and user names are: read it before you pass it on.
report-settings = Settings
report-probe = Connection test: { $server }
report-test = Live test: { $server }
report-proof = Message with the written settings: { $server }
report-certificate = Certificate of { $subject }, signed by { $issuer }, for { $names }, valid from { $from } to { $until }, SHA-256 { $sha256 }
report-ports = Which ports answer
report-open = open
report-refused = refused
report-silent = no answer
report-unreachable = not reachable
report-no-address = no address
report-hoster = This machine is at { $hoster }
report-diagnosis = Diagnosis: { $cause }
report-fix = Proposed: { $fix }
report-other = It may also be: { $title }. { $tell }
report-transcript = What was said
report-saved = The report is in { $path }. Only you can read this file.
flag-report = Write a report without secrets to this new file

# discover: what is found out about an address's domain
discover-plaintext = This server is listed without TLS: the password can be read on the way. Ask the provider for port 465 or 587 with TLS.
discover-unusable = By report no program can sign in there with a password any more.{ $page ->
    [none] {""}
   *[other] {" "}See { $page }
}
discover-oauth = The servers take OAuth tokens, no passwords (--auth xoauth2).{ $page ->
    [none] {""}
   *[other] {" "}See { $page }
}
discover-prepare = Something must be switched on in the account before programs can send.{ $page ->
    [none] {""}
   *[other] {" "}See { $page }
}
discover-not-found = { $domain } does not exist in DNS. Check the spelling of the address.
discover-broken = The name servers of { $domain } answer with an error (SERVFAIL). Try again later, or name the server yourself.
discover-dns-directly = DNS is asked directly, not through the proxy: where it is out of reach, choose the provider or name the server yourself.
discover-no-resolver = This machine’s DNS does not answer: see /etc/resolv.conf. Until then, name the server by its IP address.
discover-null-mx = { $domain } says in DNS that it takes no mail (RFC 7505): answers to this address will not arrive.

# found: what was found out, on the page that asks for the provider
found-searching = Looking for the settings of { $domain } …
found-no-smtp = { $domain } belongs to { $provider }, which no program can send with. Choose another provider here.
found-nothing = Nothing was found for { $domain }. Choose the provider, or “Another server” with its host.
found-by-mx = The MX record of { $domain } ({ $at }) shows { $provider }.
found-server = Found for { $domain }: { $server }{ $origin ->
    [table] , from the built-in table
    [srv] , from its SRV record { $at }
    [autoconfig] , from { $at }
   *[other] , a common name that answers there
}.
found-foreign-host = { $host } is outside the domain. Choose it only if it is your provider’s: it gets the password.
found-plain-http = That page came without TLS and can be forged on the way. Check that { $host } is your provider’s server.
found-unconfirmed = Nothing confirms { $server }: it was not reached with TLS and a valid certificate.
work-tree-open = { $path } holds the password, and the git work tree { $top } does not ignore it{ $by ->
    [reading] {" "}(by our own reading of its .gitignore files; git did not answer)
   *[git] {""}
 }: a commit would publish it. Add this line to { $top }/.gitignore: { $line }
work-tree-tracked = { $path } holds the password and is tracked by git in { $top }: a commit would publish it. Add this line to { $top }/.gitignore: { $line } – then run there: git rm --cached -- '{ $inside }'
note-password-for = This is the password of { $asked }; the known one is not used.
edit-secret-unread = The kept password cannot be used, so it is asked again: { $why }
note-host-pattern = With { $provider } the host looks like { $host }; your account there shows it.
invalid-provider-no-smtp = { $intro } { $instead }
render-source-discovered = found
flag-database = Ask Mozilla’s database for the settings too; it learns the domain
script-missing-provider-proposed = { $found } If it is yours: { $flags }
script-missing-provider-found = { $found } Give --provider KEY, or --host with --security and --port.

# discover: what a search in DNS and on the web finds out
discover-nearest = { $domain } does not exist. Did you mean { $near }?
discover-no-mx = { $domain } has no MX record: it does not say who takes its mail.
discover-gateway = Mail for { $domain } passes { $gateway } first. That is a filter: mail is sent through the provider behind it.
discover-stale-hoster = { $place } is out of date: mail for this domain is at { $hoster } now.
discover-stale-server = { $place } is out of date: { $host } does not answer as it should.
discover-unreadable = { $place } has settings that cannot be read, and was left out.
discover-wildcard = Every name below { $domain } has an address, so a name proves nothing here: a guessed server counts only with a certificate of its own.
discover-private = { $host } has a private address: it works only inside this network.
discover-no-smtputf8 = This server does not take addresses like { $address } (SMTPUTF8). Use one with plain letters in front of the @.

# detect: what is said of an address
detect-nothing = { $address }  nothing was found out. Use --provider custom with --host.
detect-from = from
detect-smtp = smtp
detect-imap = imap
detect-login = login
detect-other = also
detect-origin-preset = the provider’s own domain
detect-origin-table = a list of e-mail domains
detect-origin-mx = MX record { $place }
detect-origin-srv = SRV record { $place }
detect-origin-autoconfig = { $place }
detect-origin-guess = a common name that answers, { $place }
detect-passed = answers, TLS is right
detect-unchecked = not tried to the end
detect-login-none = no login
detect-login-account = a name of its own, shown in the account
detect-no-smtp = { $provider } has no SMTP: no program can send through it.
detect-consent-plaintext = Needs your yes: { $host } has no TLS, the password could be read on the way.
## probe and providers

command-probe = Show what a server offers, without a login
arg-host = The server’s name, or NAME:PORT
flag-proxy = Connect through this proxy: socks5://HOST:PORT, http://HOST:PORT or none
flag-ca-file = Trust the authority in this PEM file
survey-asking = Asking { $host } ({ $ports }) …
survey-host = { $host }: { $addresses }
survey-door = Port { $port }, { $mode }: { $state }
survey-port = Port { $port }: { $state }
survey-mute = it connects, then says nothing
survey-failed = fails at: { $stage }
survey-tls = TLS
survey-tls-old = only versions older than 1.2
survey-certificate = Certificate
survey-certificate-good = Good for { $host }
survey-certificate-of = { $subject } (for { $names }), signed by { $issuer }
survey-certificate-time = { $from } to { $until }, { $days ->
    [one] { $days } day left
   *[other] { $days } days left
}
survey-certificate-over = { $from } to { $until }, over for { $days ->
    [one] { $days } day
   *[other] { $days } days
}
survey-names-more = { $names } and { $more } more
survey-names-none = no name
survey-login = Login
survey-login-none = not offered
survey-login-clear = ! also without encryption: { $mechanisms }
survey-offers = Offers
survey-greeting = Greeting
survey-wrong = Problem
survey-best = Best: port { $port }, { $mode }
survey-why-implicit = It is encrypted from the first byte, and its certificate is good.
survey-why-submission = STARTTLS on the port for submission, with a good certificate.
survey-why-alternative = STARTTLS with a good certificate, on a port beside the usual 465 and 587.
survey-why-relay = STARTTLS with a good certificate. But port 25 is for mail between servers: many networks block it, and many servers take no login there.
survey-why-here = What goes there does not leave this machine, so it needs no encryption.
survey-why-bad = It is encrypted, but its certificate is not good. Mend that before a password goes there.
survey-next = Set it up:
survey-hint-detect = For an address, ask: mailsetup detect ADDRESS

providers-line = { $name }: { $summary }
providers-hint = One in full: mailsetup providers KEY
stale-family = { $key } (family of providers)
stale-distribution = { $key } (distribution)
stale-dns-host = { $key } (DNS host)
stale-receiver = { $key } (receiver of mail)
stale-cause = { $key } (cause)
stale-words = { $key } (client words)
stale-hoster = { $key } (hoster)
stale-program = { $key } (addresses that it sends by)
stale-gateway = { $key } (mail filter)
stale-suffixes = { $key } (which domains are one owner’s)
stale-none = { $months ->
    [one] No facts here are older than { $months } month.
   *[other] No facts here are older than { $months } months.
}
providers-no-smtp = No program can send through it: it has no SMTP.
providers-kind = Kind
providers-kind-mailbox = personal mailboxes
providers-kind-hosting = mail for an own domain
providers-kind-relay = a relay: it only sends
providers-kind-bridge = a program on this machine that speaks SMTP for a service
providers-kind-local = a mail server on this machine
providers-kind-none = mail that no other program can send
providers-smtp = Sending
providers-alternatives = Elsewhere
providers-regions = { "{region}" } is one of: { $regions }
providers-imap = Reading
providers-username = User name
providers-username-address = the whole address
providers-username-local = what stands before the @
providers-username-fixed = always { $value }
providers-username-generated = one that the provider makes up
providers-username-none = no login
providers-username-also = if that is refused: { $forms }
providers-password = Password
providers-password-no = the mailbox’s password
providers-password-with-two-factor = { $label } where two-step verification is on, else the mailbox’s password
providers-password-always = { $label }; the account’s own password never works
providers-password-unusable = none works, of any kind
providers-password-label = a special password
providers-page = Page: { $url }
providers-before = First
providers-steps = Steps
providers-sender = Sender
providers-sender-any = any address (any)
providers-sender-domain = any address at a domain of the account (domain)
providers-sender-login = the login's address or one of its aliases (login)
providers-sender-verified = an address, or any address at a domain, that the provider has verified (verified)
providers-limits = Limits
providers-free = Free plan
providers-per-second = { $count ->
    [one] { $count } message a second
   *[other] { $count } messages a second
}
providers-per-minute = { $count ->
    [one] { $count } message a minute
   *[other] { $count } messages a minute
}
providers-per-hour = { $count ->
    [one] { $count } message an hour
   *[other] { $count } messages an hour
}
providers-per-day = { $count ->
    [one] { $count } message a day
   *[other] { $count } messages a day
}
providers-per-month = { $count ->
    [one] { $count } message a month
   *[other] { $count } messages a month
}
providers-recipients = { $count ->
    [one] { $count } recipient a message
   *[other] { $count } recipients a message
}
providers-recipients-per-day = { $count ->
    [one] { $count } recipient a day
   *[other] { $count } recipients a day
}
providers-days = ends after { $count ->
    [one] { $count } day
   *[other] { $count } days
}
providers-dns = DNS
providers-dns-spf = SPF: include:{ $name }
providers-dns-dkim = DKIM: { $records }
providers-dns-verification = Proof of the domain: { $record }
providers-oauth = OAuth
providers-oauth-sasl = { $mechanisms }, scope { $scope }
providers-oauth-authorize = Authorization: { $url }
providers-oauth-token = Token: { $url }
providers-oauth-device = Device: { $url }
providers-oauth-closed = New programs are not registered: a token has to come from elsewhere.
providers-domains = Domains
providers-mx = MX
providers-warnings = Know
providers-docs = Help page
providers-checked = Checked
providers-checked-line = { $when }{ $confidence ->
    [high] , several sources agree
    [medium] , one good source, or several that differ in details
    [low] , little more than one page says so
   *[other] {""}
}
providers-stale = ! That was { $months } months ago: compare it with the provider’s own page.
providers-unverified = Unconfirmed
providers-source = Source
providers-source-builtin = built in
providers-source-own = your own file { $path }

# plan: more kinds of file
plan-port = { $target } decides by the port whether it speaks TLS, and does not do “{ $security }” on port { $port }.{ $ports ->
    [none] {""}
   *[other] {" "}It does on port { $ports }.
}
plan-fault-syntax = { $path }, line { $line }: the program that reads this file would not take it.
plan-fault-unfamiliar = { $path }, line { $line }: the settings stand here in a way that mailsetup does not change, such as a list, a reference or a second document.
plan-hint-by-hand = The file stays untouched. Write this place as plain keys, one a line, and try again; or choose another path.

# targets: one in full
target-used-by = Used by
target-file = File
target-merge-block = a block between two comment lines; all else in the file stays
target-merge-keys = key by key; all else in the file stays
target-merge-whole = a file of its own
target-security = Security
target-ports = { $mode } only on port { $ports }: the program decides by the port
target-login = Login
target-password = Password
target-password-fetched = fetched by running mailsetup; it stands in no file of the program’s
target-password-inline = stands in the file
target-token-command = by token: a fresh one is fetched by running mailsetup
target-token-store = by token: it reads the one that is renewed in the store
target-token-none = not by access token: it cannot renew one
target-certificates = Certificates
target-certificates-checked = checked
target-certificates-unchecked = not checked: who sits between can read the password
target-trust-ca = can trust an authority of your own (--ca-file)
target-proxy = can send through a proxy: { $kinds } (--proxy)
target-client-cert = can show a client certificate (--client-cert)
target-trust-pin = can trust a single certificate (--pin-sha256)
target-check = Check it
target-reader = Read back
target-reader-program = by the program itself: { $command }
target-reader-parser = by { $program }’s parser
target-reader-ours = by mailsetup’s own reader alone
target-sends = the program itself sends the test message
target-docs = Manual
# files that never tear
host-unsynced = The disk did not confirm the last step. Everything is written, but after a power cut it may be as before: run mailsetup check then.
field-resume = Go on where you were cut off?
field-resume-help = The set-up for { $address } was cut off on { $when }. The answers (profile { $profile }) are still here, but for the password. “No” begins anew.
# network: what stands between this machine and the server
render-fault-starttls-gone = The server is known to have STARTTLS, and does not offer it now.
render-fault-clear-login = The password was kept back: it would have gone in clear text.
diagnosis-clear-title = A login without TLS needs your word
diagnosis-clear-meaning = The way to { $host } is not encrypted: everybody on it could read the password. It was not sent.
diagnosis-clear-step-tls = Turn TLS on: STARTTLS for port 587, implicit TLS for port 465
diagnosis-clear-step-consent = Only if this server has no TLS and you accept that: mailsetup edit with --allow-plaintext
## Where secrets are kept: stores, the vault and its locks, and who reads them

field-run-as = Users who send
field-run-as-help = Whose programs send: root, or users of services. Several by blanks or commas; each has to read the password without a person.
field-run-as-group = Their group
field-run-as-group-help = The group by which they read the password. It is made where it is missing, and nobody else is put into it.
field-vault-lock = Lock the vault with
field-vault-lock-help = What opens the vault when mail goes out and nobody is there.
field-pass-entry = Entry of pass
field-pass-entry-help = The name in the password store. Its first line becomes the password; lines below it stay.
choice-store-vault = A vault
choice-store-vault-hint = one encrypted file for all profiles
choice-store-systemd = systemd’s credentials
choice-store-systemd-hint = encrypted for this machine; root and units read it
choice-store-pass = pass, the password manager
choice-store-pass-hint = encrypted by your GnuPG key
choice-lock-machine = A key of this machine
choice-lock-machine-hint = a copy of the vault alone is useless; root here opens it
choice-lock-systemd = systemd’s credentials
choice-lock-systemd-hint = the machine’s TPM where there is one; root here opens it
choice-lock-key-file = A key file
choice-lock-key-file-hint = whoever has the file opens it: keep it on another disk
choice-lock-passphrase = A passphrase
choice-lock-passphrase-hint = safest at rest, but no mail goes out unless it is given
lock-machine-protects = Protected: a backup or copy of the configuration folder without this machine’s key. Not protected: whoever is root here or reads your files here, and a copy of the whole disk. Without the key, kept in the state folder, the vault does not open: enter the passwords again then.
lock-systemd-protects = Protected: every copy of the files, and with a TPM the whole disk when it is read in another machine. Without a TPM the key is on the disk, in /var/lib/systemd. Not protected: root on this machine.
lock-key-file-protects = Protected: every copy of the vault without the key file. Not protected: whoever reads both. Keep the key file on another disk or a removable one, and out of the backups that hold the vault.
lock-passphrase-protects = Protected: every copy of the vault, as well as the passphrase is hard to guess. Not protected: what is typed or given on this machine while root is someone else. Programs that send need --vault-passphrase-file or its variable.
lock-key-file-flag = name the file with --vault-key-file
lock-passphrase-flag = needs a person each time: mailsetup vault lock-with passphrase
store-other-user = { $user } cannot read it
store-needs-unit = { $user } reads it only in a unit that loads the credential
store-image = not in an image: it hangs on the running machine
store-demo = not in the demo: it is this machine’s own, outside the demo’s folder
store-vault-passphrase = the vault wants its passphrase each time: give --vault-passphrase-file
store-not-proven = Whether { $user } can read the password was not tried. “mailsetup secret”, run as that user or in its unit, shows it.
store-unreadable = { $user } cannot read the password: choose another store or another user.
store-unreadable-said = { $user } cannot read the password: { $said }
store-not-run = { $user } cannot run { $program }, which gives programs the password: { $cause }. Install mailsetup where everybody can run it, such as /usr/local/bin, and name it with --secret-command-path.
store-other-secret = What the store “{ $store }” gives back is not what was put in.
invalid-user = “{ $typed }” cannot be a user’s name.
invalid-group = “{ $typed }” cannot be a group’s name.
invalid-pass-entry = “{ $typed }” cannot be an entry of pass. It looks like mail/relay.
plan-no-user = There is no user { $user } on this machine.
plan-no-shared-group = { $users } all send, and share no group that could read the password.
plan-group-of-others = In the group { $group } there are others ({ $users }), who could read the password then. Name a new group, or one in which the users who send are alone.
plan-other-group = The group { $group } was here before, and { $users } are not in it: what else it opens to them, mailsetup does not know. Put them in yourself ({ $command }), or name a new group.
plan-group-in-image = The image does not have the group { $group } with all users in it. Inside the image: { $command }
plan-taken = { $path } has the settings of profile { $profile }, and room for one profile.
host-entry-forgotten = The entry { $entry } was taken out of the store “{ $store }”
host-aside-left = A store still holds an earlier password of the entry { $entry }: “mailsetup purge” asks it again
host-copy-left = { $path } still holds the password: it is what profile { $profile } needs for “mailsetup undo”
plan-shared-group = { $path } would hold the password, and { $user } has no group to open it to: others are in the group, or users come from more than files (/etc/nsswitch.conf), where nobody can say who is in it. Let { $path } fetch the password, or make a group for { $user } alone.
host-entry-left = The store “{ $store }” still holds the entry { $entry }: remove it there
host-entry-changed = The entry { $entry } in the store “{ $store }” keeps its new password
host-recovered-entry = A store does not give back the entry { $entry } of a write that was cut off; the next run asks it again
host-copies-left = A copy of the password’s file could not be taken away and still holds it: remove { $path }
host-undo-secret = The password that was in { $path } before this write is not known any more: it went into another store, which holds another one by now. Nothing was changed
host-undo-secret-hint = To go back, enter it again: mailsetup edit { $profile } --secret-store file
systemd-not-installed = systemd-creds is not installed
systemd-old = needs systemd { $first } or newer
systemd-not-root = only root can use systemd’s credentials
systemd-said = systemd-creds failed: { $said }
systemd-failed = systemd-creds failed or did not answer in time
pass-not-installed = pass is not installed
pass-no-store = pass has no store in { $path } (pass init makes one)
pass-lines = A password with a line break cannot be an entry of pass. Choose another store.
pass-not-text = What pass gives back is not what was put in.
pass-said = pass failed: { $said }
pass-slow = pass did not answer within { $seconds } s: its key may wait for a passphrase
pass-failed = pass failed
vault-missing = There is no vault at { $path }
vault-none = There is no vault yet ({ $path }). One is made by --secret-store vault, or by mailsetup vault lock-with.
vault-open = { $path } belongs to the vault, and everyone on this machine may read it (mode { $mode })
vault-damaged = { $path } is damaged: its bytes are not those that were written
vault-damaged-hint = Bring { $path } back from a backup, or take it away and enter the passwords again with mailsetup edit
vault-newer = { $path } was written by a newer mailsetup
vault-needs-passphrase = The vault wants its passphrase
vault-needs-passphrase-hint = Give it with --vault-passphrase-file, --vault-passphrase-fd or --vault-passphrase-env
vault-wrong-passphrase = This is not the vault’s passphrase. The vault itself is whole.
vault-wrong-passphrase-hint = Try again; the passphrase before the last change no longer opens it
vault-short-key = { $path } is too short for a key file: it needs at least { $least } bytes
vault-wrong-key = { $path } is not the vault’s key file. The vault itself is whole.
vault-wrong-key-hint = Name the right one with --vault-key-file; it may be on a disk that is not mounted
vault-wrong-machine = The vault was locked by another machine’s key, or this machine’s key was replaced. The vault itself is whole.
vault-wrong-machine-hint = Bring the key back with the state folder, or take the vault away and enter the passwords again
vault-image = A machine’s key cannot lock a vault for an image
vault-image-hint = Choose --vault-key-file, or another store
vault-unbooted = This system was not started yet and has no machine ID: a vault that is locked by this machine would not open after its first boot
vault-no-key-file = The vault’s new lock needs a key file: name it with --vault-key-file
vault-random = The system gives no random numbers
vault-full = The vault does not take so much
vault-ask = Passphrase of the vault
vault-ask-new = New passphrase
vault-ask-again = Once more
vault-new-passphrase = A new passphrase is missing: give --new-passphrase-file, --new-passphrase-fd or --new-passphrase-env
vault-new-key-file = Name the new key file with --new-key-file; one that is not there is made
vault-empty-passphrase = A passphrase cannot be empty.
vault-typed-otherwise = The two were not the same. Nothing was changed.
vault-rotated = Everything in the vault is encrypted with a new key. Older copies of the file still hold what they held.
vault-locked = The vault has its new lock, and everything in it is encrypted with a new key.
secret-no-credential = Profile { $profile } keeps its password in “{ $store }”, not in systemd’s credentials.
command-vault = The encrypted file that holds passwords
command-vault-status = What it is locked with, and whose passwords it holds
command-vault-passphrase = Lock it with a new passphrase
command-vault-rotate = Encrypt everything with a new key
command-vault-export = Print all passwords, one JSON object a line
command-vault-lock-with = Lock it with something else
flag-vault-passphrase-file = Read the vault’s passphrase from this file
flag-vault-passphrase-fd = Read the vault’s passphrase from this file descriptor
flag-vault-passphrase-env = Read the vault’s passphrase from this variable
flag-vault-key-file = The vault’s key file
flag-new-passphrase-file = Read the new passphrase from this file
flag-new-passphrase-fd = Read the new passphrase from this file descriptor
flag-new-passphrase-env = Read the new passphrase from this variable
flag-new-key-file = The new key file; made when it is not there
flag-drop-in = Print the lines that give a systemd unit the password
flag-for = The server that gets the password: for any other nothing is printed
flag-git-credential = Only for the host and the user that git asks for on standard input (git-credential)

# settings that programs here have already
field-import = Start from settings that are here?
field-import-help = Programs here have settings to send by. Each of them can be changed afterwards; a password comes along, and is never shown.
import-found = Settings were found: { $settings }, in { $file } ({ $program }). Each of them can be changed afterwards; a password comes along, and is never shown.
import-file = { $file } ({ $program })
choice-import-none = None
choice-import-none-hint = begin with nothing
import-fetching = Fetching the password by its command …
import-withheld = { $file } has a command for the password, and it is not run: others can change { $path }. Enter the password, or name it with --password-file
import-no-password = { $file } has a command for the password, and it gave none: { $why }
import-missing = There is no { $file } to import from.
import-nothing = { $file } names no server that mail could be sent by.
import-hint = Name another file with --import { $target }=PATH, or give the settings and leave --import out.
invalid-import = Nothing can be imported from “{ $typed }”. Name one of { $targets }, with =PATH where its file is elsewhere, or none.
flag-import = Start from the settings of this program; none: from nothing
render-source-imported = imported
target-import = Import
target-import-from = what its files have already can be started from (--import { $target })

# Targets that lead to settings elsewhere
plan-no-place = { $target } has no usual place: say where, for example --target { $target }={ $example }
plan-store = { $target } is given the password by “{ $store }” alone: add --secret-store { $store }
plan-through = { $target } sends through { $through }, which has no such account: add --target { $through }
choice-target-needs-place = needs a path: start with --target { $target }={ $example }
target-merge-read = only read: it belongs to the target { $target }
target-password-given = given by systemd (--secret-store { $store }); it stands in no file of the program’s
target-ascii = ASCII letters, digits and signs only: { $settings }

# Conflicts on the machine that is written to
plan-note-no-queue = { $target } has no queue: mail that the server puts off (greylisting), or that leaves before the network is up, is lost. { $others } have one.
plan-note-no-log = Nothing keeps a log here: what becomes of { $target }’s mail cannot be followed. To have one: { $command }
plan-note-strict = { $since } and newer refuse this server’s certificate: it does not name the key of its issuer (authorityKeyIdentifier). With them { $target } cannot send until it is issued anew.
plan-note-no-init = No systemd, OpenRC or runit runs here: if { $service } runs, start it anew, so that { $target } goes by the new settings.
plan-note-no-authorities = The system’s trusted authorities are missing ({ $path }): without them { $target } trusts no server and sends nothing. Install them: { $command }
plan-note-login-needs = { $target } cannot log in yet: it lacks Cyrus SASL’s modules for PLAIN and LOGIN. Install them: { $command }
conflict-sendmail-other = /usr/sbin/sendmail is { $owner }, not { $target }: cron and PHP’s mail() go on sending by { $owner }’s own settings. Set up { $owner } as well (--target { $key }), or put { $target } in its place: { $command }
conflict-sendmail-unknown = /usr/sbin/sendmail is { $path }, not { $target }: cron and PHP’s mail() go on sending by that one. To put { $target } in its place: { $command }
conflict-sendmail-nobody = There is no /usr/sbin/sendmail: cron and PHP’s mail() cannot send yet. What makes it { $target }: { $command }
conflict-sendmail-busybox = /usr/sbin/sendmail is busybox’s, which reads no settings: cron and PHP’s mail() cannot send by it. To put { $target } in its place: { $command }
conflict-not-installed = { $target } is not installed: cron and PHP’s mail() cannot send by it yet. Install it: { $command }
conflict-sendmail-several = Only one of { $targets } can be /usr/sbin/sendmail, which cron and PHP’s mail() send by. { $owner ->
    [none] None of them is, so far.
   *[other] Now it is { $owner }.
} Leave out what you do not need.
conflict-queue = { $other } is running beside { $target }: mail that it has taken goes out by { $other }’s own settings. See what waits with { $queue }; when nothing does, stop it with { $stop }.
conflict-apparmor-run = AppArmor keeps { $target } from running mailsetup for the password: nothing would go out. Add the line “{ $rule }” below “{ $below }” in { $file }, then run apparmor_parser -r { $file }
conflict-apparmor-read = AppArmor keeps { $target } from reading { $path }. Add the line “{ $rule }” to { $local }, then run apparmor_parser -r { $file }
conflict-unreadable = { $user } will not be able to read { $path } ({ $mode }): { $target } finds no settings when { $user } sends. Once it is written, run { $command } and start { $user }’s programs anew.
conflict-unreadable-first = { $user } cannot read { $path } ({ $mode }): { $target } would find no settings when { $user } sends. First run { $command } and start { $user }’s programs anew, then repeat this command.
conflict-key = { $user } cannot read { $path }: { $target } cannot show the client certificate, and no mail goes out. Run { $command }
conflict-folder = { $user } cannot enter the folder { $folder }: { $target } does not find { $path } when { $user } sends. Run { $command } and start { $user }’s programs anew.

# Root’s mail
field-root-mail = Root’s mail goes to
field-root-mail-help = Cron and the system write to root. An address here makes that mail arrive; empty: nothing changes.
note-root-mail = Root’s mail goes to “{ $now }” now, by /etc/aliases.
field-senders = Senders that may leave
field-senders-help = Many providers refuse mail from other senders. Cron and daemons send as root@host or as addresses of their own; the mailer can put your address in their place.
choice-senders-one = Your address alone
choice-senders-one-hint = all mail leaves as it, whatever a program says
choice-senders-domain = Addresses of your domain
choice-senders-domain-hint = your address in place of all others
choice-senders-any = Every address
choice-senders-any-hint = programs’ senders stay as they are
field-sender-map = List of senders
field-sender-map-help = A file of lines FROM TO: mail from FROM leaves as TO. # begins a comment.
note-proxy-found = { $variable } names a proxy here, which mail uses only with your word: --proxy { $proxy }
note-senders-rule = { $provider }: { $rule }
choice-target-keeps-senders = { $provider ->
        [none] it keeps
       *[other] { $provider } would refuse cron’s mail: it keeps
    } the senders that programs use; msmtp, Postfix and Exim replace them
invalid-sender-map-two = Line { $line } needs two addresses, FROM TO.
invalid-sender-map-twice = Line { $line }: { $address } is there twice, with different addresses behind it. Keep one.
plan-senders = { $target } cannot put your address in place of the senders that cron, daemons and scripts use, and their mail would be refused.
plan-hint-senders = Choose a target that can ({ $instead }), or let every sender leave with --senders any.
plan-no-sender-map = There is no list of senders { $path }.
plan-no-secret-program = There is no program { $path } that others could run for the password.
plan-hint-sender-map = Mend { $path }, or run again without --sender-map.
plan-hint-no-secret-program = Install mailsetup there first, or name it where it is: --secret-command-path PATH
plan-image-lacks = The image { $root } could not send at its first boot. It lacks: { $lacks }.
plan-hint-image-lacks = Install that in the image first. Where mailsetup is in it: --image-program PATH. To write the settings all the same: --unproven
plan-note-image-lacks = Before the image { $root } can send it needs: { $lacks }.
plan-note-image-program = In the image, { $target } runs { $path } for the password. If mailsetup is elsewhere there: --image-program PATH
plan-note-image-ca = The authority of --ca-file is copied into the image, to { $path }.
runner-image-client-cert = { $path } is not in the image { $root }, and a private key is copied nowhere. Put certificate and key into the image, and name them with their path below { $root }.
plan-overruled-setting = { $setting } in { $path } sends all mail another way, so { $target } would never use the relay.
plan-hint-overruled-setting = If that way is no longer wanted, take { $setting } out of { $path } and run mailsetup again.
plan-note-senders-one = { $target }: whatever address a program here uses, its mail leaves as { $address }.
plan-note-senders-domain = { $target }: senders at { $domain } stay, all other mail leaves as { $address }.
plan-note-senders-any = { $target }: programs’ senders leave as they are (--senders any). If { $host } takes your address alone, cron’s mail is refused: --senders one puts yours in its place.
plan-note-senders-refused = { $target }: programs’ senders leave as they are, and { $provider } refuses mail from addresses that are not yours, such as cron’s from root. --senders one puts yours in their place.
plan-note-senders-old = { $target } here does not know { $words }: programs that set a sender themselves keep it, and mail of theirs may be refused. Install { $target } { $since } or newer, then run mailsetup again.
plan-note-name = { $target } does not set the name “{ $name }”: programs’ own names stay.
plan-note-reply-to = { $target } adds no Reply-To: answers to mail of programs go to its sender, not to { $address }.
plan-note-second = { $target } sends for another profile already: what has { $address } as its sender goes by this login, all other mail by the other one as before.
plan-note-second-domain = { $target } sends for another profile already: what has a sender at { $domain } goes by this login, all other mail by the other one as before.
plan-note-sender-map = { $target } has one sender for all mail: the list of senders does not count there.
plan-note-overrule-some = { $setting } in { $path } goes before what { $target } is told here: mail that it names takes another way.
plan-note-overrule-tls = { $setting } in { $path } goes before the encryption that { $target } is told here. Look whether it names the relay.
plan-note-overrule-local = mydestination in { $path } is empty: mail to root is not kept here, and /etc/aliases does not count. Put this machine’s name and localhost in it if root’s mail is to go by the aliases.
plan-note-overrule-aliases = { $setting } in { $path } names another file than /etc/aliases: root’s mail goes by that one.
plan-note-overrule-senders = { $setting } in { $path } rewrites addresses after { $target } has put yours in place of a program’s: mail may leave as another sender. Take it out there, or see to it that your address stays.
plan-note-overrule-outside = { $target } takes mail from other machines too ({ $setting } in { $path }). What they hand over by SMTP keeps its sender where that is possible; only programs here are given yours.

# plan: what stands in the way on the machine
plan-overruled = { $path } is there, and { $target } reads nothing else then: what mailsetup writes would not count.
plan-hint-overruled = Move { $path } away, or put the settings into it by hand.
plan-other-kind = { $path } is a { $kind } file, which { $target } does not read: what mailsetup writes would spoil it.
plan-other-program = { $path } has { $key }, so it is not { $target }’s file: what mailsetup writes would spoil it or have no effect.
plan-outgrown = { $path } shows a version of { $target } that does not read these settings there any more. Set them as it says in { $docs }
plan-fault-rival = { $path }, line { $line }: this sets one of the mail settings in a way that mailsetup does not change, and it wins over what mailsetup writes.
plan-hint-other-kind = The file stays untouched. Give the path of the right one: --target NAME=PATH.
plan-hint-other-program = The file stays untouched. For this one: --target { $instead }={ $path }
plan-hint-rival = The file stays untouched. Take this line out, or move it above the mail settings, and try again.
plan-note-removed = { $path }: taken out, since it would count against the new settings of { $target }: { $keys }
plan-note-unwritten = { $target } has no setting of its own for { $setting ->
    [name] the sender’s name
   *[other] the address for answers
}: it is not written there.
plan-fault-outranked = { $path }, line { $line }: this rule takes the mail of this machine before ours would, since the first one counts.
plan-hint-outranked = The file stays untouched. Take this rule out or narrow it, so that it is not for all destinations, and try again.

# A consumer sends the test message itself

send-subject = Test message from { $host }, sent by { $name }
send-body = { $host } sent this message on { $when } by { $name }, with the settings in { $file }.

    They work. Nothing has to be done with this message.
send-under-way = { $name } sends a message to { $to }
send-under-way-as = { $name } sends a message to { $to }, as { $user }
send-taken = { $target }: { $name } itself read the settings and sent a message to { $to } ({ $time })
send-taken-as = { $target }: { $name } itself read the settings and sent a message to { $to } as { $user } ({ $time })
send-unseen = { $name } took a message too, but neither its log nor its queue shows what became of it.
send-failed = { $target }: written, but { $name } itself does not send to { $to }
send-failed-as = { $target }: written, but { $name } itself, run by { $user }, does not send to { $to }
send-not-started = It could not be started.
send-status = It ended with status { $status }.
send-status-silent = It ended with status { $status } and did not say why.
send-signal = A signal ended it.
send-slow = It did not end within { $seconds } seconds, and was stopped.
send-large = It printed without end, and was stopped.
send-queued = The message is in its queue; it will try again.
send-waiting = The message is still in its queue: see whether { $name } is running, and what its log says.
send-unlisted = It took the message, but its queue cannot be looked at. Is { $name } running?
send-given-up = It gave the message up.
send-we-can = mailsetup can send with the same settings: what is in the way is on this machine, with { $name }.
send-we-cannot = mailsetup cannot send with these settings either. It fails at: { $stage }
send-usually = What it says mostly means: { $title }
send-unreadable = { $user } cannot read { $path }. Let it: { $command }
send-look = AppArmor or SELinux may hold it back: journalctl -k | grep -i denied
proof-way-cron = cron’s mail
proof-way-mail = what mail -s sends
proof-way-program = mail of { $program }
proof-way-user = mail of { $user }’s programs
proof-way-empty = mail without a sender
proof-way-taken = { $target }: { $way } went out to { $to } ({ $time })
proof-way-unseen = { $target }: { $name } took { $way }, but neither its log nor its queue shows what became of it.
proof-way-failed = { $target }: { $way } (from { $sender }, to { $to }) does not go out
note-sender-refused = { $program } here sends as { $from }, and { $host } refuses that: { $said } With --senders one all mail leaves as { $address }.
proof-fix-one = Let all mail leave as { $address }: run mailsetup again with --senders one.
proof-fix-mailer = { $target } cannot put your address in place of the senders that programs use. { $instead } can: choose one of them as the target.
proof-fix-root = Mail to root has no address to go to: run mailsetup again with --root-mail and yours.
proof-fix-retry = Exim waits since an earlier failure, whatever was mended meanwhile. Have it forget that and try again: rm `exim -bP -n spool_directory`/db/retry* && exim -qff
proof-fix-empty = This concerns vacation replies and the like, which name no sender. Other mail is not held up by it.
report-own = Messages that the programs themselves sent

## The sender’s domain (dns)

command-dns = Show what the sender’s domain lacks: SPF, DKIM, DMARC
arg-whose = An address, a domain, or a profile’s name
flag-nameserver = Ask this name server, ADDRESS or ADDRESS:PORT
flag-dns = Only look at the records of the sender’s domain
flag-wait = Look again until all is right, or until --timeout (an hour)
flag-format = Print the records to add as a zone file, or for octoDNS, DNSControl or Terraform
dns-cannot-look = This build of mailsetup cannot ask DNS, so nothing is known of { $domain }. Use a build with the feature “discover”.
dns-no-provider = no provider is called { $key }; “mailsetup providers” lists them
dns-bad-nameserver = { $typed } is not an address, such as 192.0.2.53 or 192.0.2.53:5353
dns-some-provider = this provider
dns-verdict-both = Mail from { $domain } through { $provider } passes DMARC, by SPF and by DKIM.
dns-verdict-spf = Mail from { $domain } through { $provider } passes DMARC by SPF alone: it fails when somebody forwards it.
dns-verdict-dkim = Mail from { $domain } through { $provider } passes DMARC, by DKIM.
dns-verdict-open = Whether mail from { $domain } through { $provider } passes DMARC cannot be said yet.
dns-verdict-neither = Mail from { $domain } through { $provider } does not pass DMARC.
dns-verdict-not-yours = { $domain } belongs to the provider: there is nothing to add.
dns-enter = To enter where the DNS of { $domain } is edited:
dns-enter-at = To enter at { $host }, { $url } ({ $way }):
dns-name-empty = (leave empty)
dns-replaces = in place of: { $record }
dns-wait = Until everybody has it may take { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    } after the change.
dns-again = Enter looks again, Ctrl-D ends.
dns-waiting = Not right yet: looking again in { $seconds } s, for { $minutes } min at most. Ctrl-C ends.
dns-senders-any = Programs on this machine may send from other domains too. Look at each: mailsetup dns DOMAIN --provider KEY
dns-split-zone = The name servers of { $zone } have private addresses here: the world may get other answers. Another name server: --nameserver ADDRESS
dns-split-mx = { $host } has a private address here ({ $address }): the world may get other answers. Another name server: --nameserver ADDRESS
dns-split-unknown = Not known: this network has its own { $zone }. Ask a name server outside it with --nameserver.
dns-receivers-every = { $receivers }: mail without { $lacks } is refused or put aside.
dns-receivers-bulk = { $receivers } want { $lacks } from whoever sends { $count } messages a day or more.
dns-dmarc-several = { $domain } has more than one DMARC record, so none counts. Leave one.
dns-value-at-provider = (the value is on the provider’s page)
dns-not-yours = The provider looks after it.
dns-no-answer = DNS gave no answer for { $name }. Try again later.
dns-null-mx = { $domain } says that it takes no mail (null MX). Many servers refuse such a sender.
dns-no-mx = { $domain } has no MX record: answers and bounces may not arrive.
dns-unconfirmed = What { $provider } wants in DNS is not confirmed: compare it with the provider’s page.
dns-provider-unknown = Not known: no preset knows this provider. Name one with --provider.
dns-envelope-unknown = Not known: { $provider } may put its own domain in the envelope. Its page says which SPF record it wants.
dns-spf-place-unknown = { $provider } makes up a name below your domain for it: follow the provider’s page.
dns-spf-not-needed = Not needed: { $provider } puts its own domain in the envelope.
dns-spf-fine = Covers { $provider }.
dns-spf-add = The record does not cover { $provider }.
dns-spf-missing = There is no record. Add this one; whoever else sends for the domain has to be put in first.
dns-spf-others-unknown = There is no record, and a first one can make other mail fail: find out who else sends for the domain ({ $host } takes its mail), then publish include:{ $include } together with them.
dns-spf-include-unknown = Not known: the provider’s page says which record it wants.
dns-spf-include-wrong = Not known: { $name } has no usable SPF record. Look at the provider’s page.
dns-spf-full = include:{ $include } does not fit: { $terms } look-ups, and 10 are allowed. { $costly } costs most ({ $cost }): take out what no longer sends.
dns-spf-nearly-full = The SPF record needs { $count } of the 10 look-ups that are allowed.
dns-spf-refused-before = A term earlier in the record refuses these servers: put include:{ $include } in front of it.
dns-spf-several = { $domain } has more than one SPF record, so none counts. Leave one.
dns-spf-syntax = The record of { $domain } has a mistake, so it does not count: { $term }
dns-spf-no-record = The record names { $domain }, which has no SPF record, so it does not count. Take that out.
dns-spf-terms = The record needs more than 10 look-ups, so it does not count. Take out what no longer sends.
dns-spf-void = More than two names in the record have no answer, so it does not count. Take them out.
dns-spf-hosts = { $domain } has more than 10 MX hosts, so a record with “mx” does not count.
dns-dkim-fine = Key of { $bits } bits.
dns-dkim-test = Key of { $bits } bits, marked as a test (t=y): receivers may ignore it.
dns-dkim-short = The key has { $bits } bits and receivers want 1024: make a new one at the provider’s.
dns-dkim-missing = There is no key. Switch DKIM on at { $provider }, then add what it shows.
dns-dkim-not-there = There is no key at this name, and not every account with { $provider } uses it: look at the provider’s page.
dns-dkim-made-up = { $provider } makes up this name: it is on the provider’s page.
dns-dkim-revoked = The key was withdrawn (p= is empty). Switch DKIM on again at { $provider }.
dns-dkim-stale = Points to { $target }, where there is no key. Switch DKIM on at the provider’s, or correct the record.
dns-dkim-unreadable = { $name } has no single key that can be read.
dns-dmarc-fine = Policy { $policy }, from { $domain }.
dns-dmarc-missing = There is no policy. p=none refuses nothing and is what large receivers ask for.
dns-dmarc-refuses = The DMARC policy is { $policy }, and this mail does not pass: receivers will refuse it or put it aside.
dns-dmarc-test = The DMARC policy is marked as a test (t=y): receivers apply the next weaker one.
dns-dmarc-former = The DMARC record has { $tags }, which no longer means anything (RFC 9989).

# Endpoints that get secrets, and access by OAuth 2.0.
invalid-https-url = { $typed } is no address such as https://login.example.com/token.
invalid-https-url-plain = { $typed } is not encrypted. Secrets go by https:// only, or by http:// to this machine.
invalid-https-url-login = The address has a user name in it. Leave out everything up to the @.
invalid-pasted-empty = Nothing was pasted. Paste the address that the browser ended on.
invalid-pasted-denied = The sign-in page says that access was declined ({ $said }). Open the link again and accept, or ask an administrator to allow it.
invalid-pasted-refused = The sign-in page refuses: { $said }.
invalid-pasted-state = This address comes from another attempt. Open the link that is shown now, sign in, and paste the address that the browser ends on.
invalid-pasted-link = This is the link itself. Open it in a browser, sign in, and paste the address that the browser ends on.
invalid-pasted-no-code = There is no code in “{ $typed }”. Paste the whole address from the browser's address bar; it has code= in it.
oauth-certificate = The certificate file cannot be used: { $why }.
oauth-key-not-rsa = The private key is no RSA key. Make one with: openssl req -x509 -newkey rsa:2048 -nodes -days 730
oauth-unreachable = { $host } was not reached: { $why }. The server needs a way out to port 443.
oauth-plain = { $host } is not this machine, and http is not encrypted: no secret was sent. Give an https address with --oauth-token-url.
oauth-redirected = { $host } redirects to { $to }. Secrets are not sent there: check --oauth-token-url.
oauth-long = The answer of { $host } is too long for a token. Check --oauth-token-url.
oauth-no-json = { $host } answered with status { $status }, and not as a token endpoint does. Check --oauth-token-url.
oauth-incomplete = The answer of { $host } has no usable { $field }.
oauth-refused = { $host } refuses: { $said }
oauth-expired = The code has expired: nobody signed in with it. Start again for a new one.
oauth-cancelled = Signing in was stopped.
oauth-no-endpoint = For this way of signing in, an address is missing: --oauth-device-url for device, --oauth-auth-url for redirect.
oauth-no-service-key = This is no key file of a service account. Make a JSON key at console.cloud.google.com, under IAM & Admin > Service Accounts > Keys.
oauth-no-client-secret = An application signs in with a secret or a certificate: give --password-file or --oauth-certificate.
oauth-unbuilt = This mailsetup was built without OAuth 2.0. Install one that has it.

command-token = Access that was given to a profile
command-token-status = Who gave it, and how long it is good for
command-token-renew = Get a new access token now
command-token-revoke = Take the access back
command-token-login = Sign in again
token-damaged = What is kept for { $profile } cannot be read as a grant. Sign in again: mailsetup token login { $profile }
token-closed = The access token of { $profile } has ended, and this user may not renew it. Its owner can: mailsetup token renew { $profile }
token-busy = Another mailsetup has been renewing the access token of { $profile } for more than a minute. Try again later.
token-ended = Access for { $profile } has ended: { $why } Sign in again: mailsetup token login { $profile }
token-none = No new access token for { $profile }: { $why }
token-no-grant = The profile { $profile } signs in with a password.
token-no-grant-hint = With mailsetup edit PROFILE --auth xoauth2 --oauth-grant GRANT it signs in with OAuth 2.0.
token-revoked = Access for { $profile } was taken back at { $host }.
token-forgotten = The grant of { $profile } was removed here. { $host } has no way to take it back from here: remove the app in the account's security settings.
token-login-hint = No mail goes out with it until somebody signs in again: mailsetup token login { $profile }
token-given = Access for { $account }, given by { $host } on { $when } ({ $kind })
token-until = The access token is good until { $when }, and renews itself.
token-over = There is no valid access token now; the next mail gets one.
token-certificate = The certificate ends in { $days } days.
choice-oauth-grant-device = Code on any browser
choice-oauth-grant-redirect = Sign in on any browser, paste the address
choice-oauth-grant-client = The application itself
choice-oauth-grant-service = Service account

## Access by OAuth 2.0

field-oauth-grant = Way of signing in
field-oauth-grant-help = The first one lasts longest. Who may register an app can take it; otherwise take the way that your administrator allows.
field-oauth-tenant = Tenant
field-oauth-tenant-help = The organization's directory: its ID, or one of its domains.
field-oauth-client-id = Client ID
field-oauth-client-id-help = The ID of your own app, registered with the provider. Other programs' IDs can be switched off any day.
field-oauth-scope = Scope
field-oauth-scope-help = What access is asked for, words with a space between each two.
field-oauth-token-url = Token endpoint
field-oauth-token-url-help = The server that gives access tokens. An example: https://login.example.com/oauth2/token. Secrets go there and nowhere else.
field-oauth-auth-url = Authorization endpoint
field-oauth-auth-url-help = The page on which a person signs in.
field-oauth-device-url = Device authorization endpoint
field-oauth-device-url-help = Where a code for any browser comes from.
field-oauth-ca-file = CA file of the endpoints
field-oauth-ca-file-help = The PEM file of the authority that signed their certificate. Empty: the system's authorities.
field-oauth-certificate = Certificate of the app
field-oauth-certificate-help = A PEM file with certificate and RSA key, not a client secret. For a service account: its JSON key file.
field-oauth-key-file = Key file of the service account
field-oauth-address = Address that the browser ended on
field-oauth-address-help = Open the link on any machine, sign in and accept. The browser then says that it cannot connect: that is right. Copy the whole address from its address bar and paste it here.
field-client-secret = Client secret
choice-oauth-grant-device-hint = a person enters a code; ends after 90 days unused or with a new password
choice-oauth-grant-redirect-hint = a person signs in and pastes an address; where codes are blocked
choice-oauth-grant-client-hint = nobody signs in; an administrator sets it up once
choice-oauth-grant-service-hint = nobody signs in; a Workspace administrator sets it up once
choice-oauth-grant-none = A command that prints tokens
choice-oauth-grant-none-hint = another program gets and renews them
oauth-open-link = Open this link in any browser:
oauth-accept = Sign in as the mailbox, and accept.
oauth-copy-address = The browser ends on a page that it cannot open. Copy the whole address from its address bar, and paste it here.
oauth-enter-code = Open { $url } in any browser, and enter the code { $code }
oauth-code-lasts = Waiting until somebody signs in. The code is good for { $minutes } more minutes.
oauth-asking = Asking for access…
oauth-meaning = { $title }. { $steps }.
oauth-file = { $path } cannot be used: { $cause }.
oauth-needs-person = Somebody has to sign in, and here nobody can be asked.
oauth-needs-person-hint = Run it in a terminal once, or sign in without a person: --oauth-grant client, or --oauth-grant service.
store-grant = Access by OAuth 2.0 renews itself, and { $store } cannot be written without a person: file, vault, keyring, pass or systemd can.
runner-broken-access = Nothing was asked of the authorization server.

# home: the saved profiles
field-home = Your mailboxes
field-home-help = Choose one to test, change or remove it, or set up another.
field-home-action = What do you want to do?
field-home-action-help = The test logs in and offers a message; nothing is sent and nothing is written.
field-home-action-with = { $profile }: what do you want to do?
field-home-sure = Take it away?
field-home-sure-help = Enter leaves everything as it is.
field-home-sure-remove = Take back everything that was written for { $profile }?
field-home-sure-undo = Take back the last write?
field-change = What do you want to change?
field-change-help = Nothing is written before you have seen it and said yes.
field-change-of = { $profile }: what do you want to change?
choice-change-go = Nothing more
choice-change-go-hint = test it, and show what would be written
choice-home-test = Test
choice-home-test-hint = log in now, and see each step
choice-home-edit = Edit
choice-home-edit-hint = see its answers, and change them
choice-home-add = Add a program
choice-home-add-hint = let one more program send with it
choice-home-remove = Remove
choice-home-remove-hint = take back what was written for it
choice-home-new = New mailbox
choice-home-new-hint = set up another address
choice-home-undo = Undo
choice-home-undo-hint = take back the last write
home-row = { $address }, { $server }; { $programs ->
    [none] no program
   *[other] { $programs }
}; { $checked }
home-row-damaged = its file cannot be read: “mailsetup list” says why
home-unchecked = not tested yet
home-checked = worked { $ago }
home-failed = failed { $ago }: { $cause }
home-ago = { $unit ->
    [minutes] { $number ->
        [0] just now
        [one] a minute ago
       *[other] { $number } minutes ago
    }
    [hours] { $number ->
        [one] an hour ago
       *[other] { $number } hours ago
    }
   *[days] { $number ->
        [one] a day ago
       *[other] { $number } days ago
    }
}
tui-home = Enter or t tests, e edits, a adds a program, r removes; n sets up another mailbox, u takes back the last write.

# review: what will change, and what can be done later
review-files = { $files ->
    [one] 1 file:
   *[other] { $files } files:
} { $parts }.
review-new = { $number } new
review-changed = { $number } changed
review-removed = { $number } removed
review-nobody = No program sends through { $through } yet.
review-one = { $program } will send through { $through }.
review-several = { $others } and { $last } will send through { $through }.
review-answers = { $answers }{ $imported ->
    [yes] {" "}(imported)
   *[no] {""}
}
render-later = Later: “mailsetup check { $profile }” tests it again, “mailsetup edit { $profile }” changes it, “mailsetup undo” takes it back, “mailsetup” sets up the next mailbox, and “mailsetup explain --journal” says what was logged.
