# Every sentence that a person sees, in English. One message a sentence; the prefix says where it stands.

word-yes = yes
word-no = no

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
field-host-help = The name of the server that takes outgoing mail, such as smtp.example.com.
field-security = Encryption
field-security-help = Implicit TLS (465) is best. STARTTLS (587) is as good where 465 is blocked.
field-port = Port
field-port-help = 465 for implicit TLS, 587 for STARTTLS, unless your provider says otherwise.
field-allow-plaintext = Send without encryption?
field-allow-plaintext-help = Everybody on the way to { $host } can read the password and every message.
field-ca-file = CA file
field-ca-file-help = A PEM file with the authority that signed the server’s certificate. Empty: the system’s authorities.
field-pin-sha256 = Pinned certificate
field-pin-sha256-help = The SHA-256 of the one certificate to trust, 64 hex digits. Empty: no pin.
field-ehlo = EHLO name
field-ehlo-help = How this machine introduces itself to the server. Best is its full name, such as web1.example.com.
field-imap = Keep IMAP settings too?
field-imap-help = The mailbox’s reading side is kept in the profile, for programs that look for answers.
field-imap-host = IMAP server
field-imap-host-help = The server from which the mailbox is read, such as imap.example.com.
field-imap-security = IMAP encryption
field-imap-security-help = Implicit TLS (993) is best.
field-imap-port = IMAP port
field-imap-port-help = 993 for implicit TLS, 143 for STARTTLS.
field-imap-username = IMAP user name
field-imap-username-help = Usually the same as for sending.
field-auth = Login method
field-auth-help = Leave it on automatic unless your provider names one.
field-username = User name
field-username-help = Usually the whole address.
field-password = Password
field-password-help = It is shown nowhere and kept only in the store that you choose.
field-password-token = Access token
field-spaces = Take the spaces out?
field-spaces-help = Your password has spaces. This provider shows app passwords in groups; the spaces are not part of them.
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
field-scope = For whom
field-scope-help = For your own account, or for the whole machine.
field-profile = Profile name
field-profile-help = Under this name the settings are kept. One profile is enough for most machines.
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
choice-auth-xoauth2 = XOAUTH2
choice-auth-xoauth2-hint = with an OAuth 2.0 access token in place of the password
choice-auth-none = No login
choice-auth-none-hint = the server knows this machine
choice-test-send = Send a message
choice-test-send-hint = proves the whole way
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
choice-store-file-hint = beside the profile, readable by its owner alone
choice-store-keyring = The desktop’s keyring
choice-store-keyring-hint = only while its owner is logged in
choice-store-command = A command of yours
choice-store-command-hint = pass, a vault, a script that prints it
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
invalid-confirm = Answer yes or no instead of “{ $typed }”.
invalid-provider = There is no provider “{ $typed }”. Use “custom” with a host, or see “mailsetup providers”.
invalid-provider-near = There is no provider “{ $typed }”. Did you mean { $near }?
invalid-target = There is no target “{ $typed }”. See “mailsetup targets”.
invalid-target-near = There is no target “{ $typed }”. Did you mean { $near }?
invalid-pin = A pin is the certificate’s SHA-256: 64 hex digits, with or without colons.
invalid-profile = “{ $typed }” cannot be a profile’s name. Use letters, digits, dots, hyphens and underscores.
invalid-variable = “{ $typed }” cannot be a variable’s name. Use letters, digits and underscores.

## Notes on answers

note-ehlo = This machine calls itself “{ $name }”, which is not a full name. Some servers refuse it: set the EHLO name to something like web1.example.com.
note-port-mode = Port { $port } usually speaks another mode than { $mode }. If the test fails at the greeting or at TLS, change one of them.
note-username-space = There is a space in the user name. Is it meant to be there?
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
host-bad-profile = The profile cannot be understood: { $fault }

host-locked = Another mailsetup is writing at the moment (process { $pid })
host-locked-unknown = Another mailsetup is writing at the moment
host-locked-hint = Wait for it to end, then run the same command again
host-changed = { $path } was changed by someone else meanwhile, so nothing was written
host-changed-hint = Run the same command again to see the new differences
host-link-dangling = { $path } is a symbolic link that leads nowhere
host-link-shared = { $path } leads through a folder in which everyone may write
host-link-foreign = { $path } leads to a file that belongs to another user
host-link-outside = { $path } leads out of the image
host-link-hard = { $path } has a second name elsewhere, in a folder in which everyone may write
host-link-hint = Put a regular file there, or choose another path with --target NAME=PATH
host-no-group = There is no group named { $group }
host-owner = { $path }: its owner and group cannot be set
host-owner-hint = Run mailsetup with sudo
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
host-recovered = A run of { $when } was cut off; what it had written was put back
host-recovered-not = { $path } was edited since and was left as it is; what was there before is in { $backup }
host-recovered-left = { $path } was edited since and was left as it is
host-undo-gone = { $path } was removed since and stays removed; what was there before is in { $backup }
host-undo-gone-new = { $path } was removed since and stays removed

host-input-stdin = Cannot read the password from standard input: { $error }
host-input-descriptor = Cannot read the password from file descriptor { $number }: { $error }
host-input-variable = The environment variable { $name } is not set
host-input-empty = The password is empty
host-input-not-text = The password is not UTF-8 text
host-input-long = The password is longer than 64 KiB
host-command-start = The password command could not be started: { $error }
host-command-slow = The password command did not end within { $seconds } seconds
host-command-failed = The password command failed ({ $status })
host-command-said = The password command failed ({ $status }): { $said }

host-secret-open = { $path } holds the password, and everyone on this machine may read it (mode { $mode })
host-secret-open-hint = Close it with: chmod { $mode } { $path }
host-secret-missing-hint = Enter the password again with mailsetup edit
host-secret-no-entry = The keyring has no entry { $entry } of mailsetup
host-keyring-no-bus = No keyring: no desktop session runs here (no D-Bus session bus)
host-keyring-no-service = No keyring: no keyring service runs in this session
host-keyring-silent = No keyring: it did not answer in time
host-keyring-locked = The keyring is locked and was not unlocked
host-keyring-ambiguous = The keyring has this entry more than once: remove the others
host-keyring-other = The keyring does not work: { $error }
host-keyring-hint = Unlock the keyring, or choose --secret-store file
host-keyring-image = The keyring of an image cannot be filled from here: store the password once the image runs
host-keyring-left = The keyring still holds the entry { $entry }: remove it there
host-keyring-forgotten = The keyring’s entry { $entry } was removed; undo does not bring it back
host-keyring-changed = The keyring’s entry { $entry } keeps its new password
