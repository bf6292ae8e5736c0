# Alle Sätze, die jemand zu sehen bekommt, auf Deutsch. Eine Nachricht je Satz; das Präfix sagt, wo er steht.

word-yes = ja
word-no = nein
# Was man dafür tippen darf, in Kleinbuchstaben; yes, y, no und n gelten immer.
yes-words = ja j
no-words = nein n

## Felder: Bezeichnung und Hilfe

field-address = Absenderadresse
field-address-help = Von dieser Adresse kommen die E-Mails. An ihr ist auch Ihr Anbieter zu erkennen.
field-name = Anzeigename
field-name-help = Der Name neben der Adresse im Postfach. Leer lassen, um ohne Namen zu senden.
field-reply-to = Antwortadresse
field-reply-to-help = Hierhin gehen Antworten. Bleibt das Feld leer, gehen sie an den Absender.
field-provider = Anbieter
field-provider-help = Wer den Server betreibt, der Ihre E-Mails annimmt. Nicht in der Liste? Dann „Anderer Server“.
field-host = Server
field-host-help = Der Postausgangsserver, zum Beispiel smtp.example.com.
field-security = Verschlüsselung
field-security-help = Implizites TLS (465) ist am besten. Wo 465 gesperrt ist, ist STARTTLS (587) genauso gut.
field-port = Port
field-port-help = Üblich sind 465 bei implizitem TLS und 587 bei STARTTLS.
field-this-domain = Stimmt die Domain?
field-this-domain-help = Sie gleicht fast der eines großen Anbieters.
field-this-domain-is = Ist { $domain } wirklich die Domain?
field-this-domain-meant = Gemeint ist wohl { $meant }. { $domain } kann jemand anderem gehören, der dann das Passwort bekäme. Vor der Antwort wird dort nichts nachgesehen.
field-allow-plaintext = Ohne Verschlüsselung senden?
field-allow-plaintext-help = Auf dem Weg zu { $host } kann jeder das Passwort und alle E-Mails mitlesen.
field-ca-file = CA-Datei
field-ca-file-help = PEM-Datei der CA, die das Zertifikat ausgestellt hat. Leer: die CAs des Systems.
field-client-cert = Client-Zertifikat
field-client-cert-help = Eine PEM-Datei, wenn der Server eines verlangt. Leer: keines.
field-client-key = Schlüssel des Client-Zertifikats
field-client-key-help = Eine PEM-Datei ohne Passphrase, die andere nicht lesen können. Auch die Datei des Zertifikats kann ihn enthalten.
field-pin-sha256 = Zertifikat-Pin
field-pin-sha256-help = SHA-256 des einzigen vertrauten Zertifikats, 64 Hex-Ziffern. Leer: kein Pin.
field-proxy = Proxy
field-proxy-help = Nur wo sonst nichts aus diesem Netz hinausführt. Er ist socks5://HOST:PORT oder http://HOST:PORT; leer oder none: kein Proxy.
field-ehlo = EHLO-Name
field-ehlo-help = So stellt sich diese Maschine dem Server vor. Am besten mit vollem Namen, etwa web1.example.com.
field-imap = Auch IMAP-Einstellungen speichern?
field-imap-help = Für Programme, die das Postfach lesen. Sie stehen dann im Profil.
field-imap-host = IMAP-Server
field-imap-host-help = Der Posteingangsserver, zum Beispiel imap.example.com.
field-imap-security = IMAP-Verschlüsselung
field-imap-security-help = Implizites TLS (993) ist am besten.
field-imap-port = IMAP-Port
field-imap-port-help = 993 bei implizitem TLS, 143 bei STARTTLS.
field-imap-username = IMAP-Anmeldename
field-imap-username-help = Meist derselbe wie beim Senden.
field-arrival = Die Testnachricht im Postfach suchen?
field-arrival-help = Sie wird an einem Kennwort in ihrem Betreff erkannt. Nichts wird geändert, nichts anderes gelesen.
field-arrival-consent = mailsetup meldet sich bei { $host } als { $username } an und sucht diese eine Nachricht an einem Kennwort in ihrem Betreff: im Posteingang, im Spam, dann in den anderen Ordnern. Keine Markierung ändert sich, keine andere Nachricht wird geöffnet, nichts wird behalten.
field-arrival-to = Postfach für die Testnachricht
field-arrival-to-help = Die Testnachricht geht dorthin und wird dort gesucht. Eine eigene Adresse bei einem anderen Anbieter sagt mehr über die Domain des Absenders.
field-auth = Anmeldeverfahren
field-auth-help = Lassen Sie es auf automatisch, wenn Ihr Anbieter keines vorgibt.
field-username = Anmeldename
field-username-help = Meist die vollständige Adresse.
field-password = Passwort
field-password-help = Nie angezeigt; gespeichert wird es nur, wo Sie es wollen.
field-password-token = Zugriffstoken
field-spaces = Leerzeichen entfernen?
field-spaces-help = Ihr Passwort enthält Leerzeichen. Dieser Anbieter zeigt App-Passwörter in Gruppen an; die Leerzeichen gehören nicht dazu.
field-reuse-secret = Bekanntes Passwort für diesen Server und diese Anmeldung verwenden
field-reuse-secret-help = Es wurde für { $bound } angegeben. Ja gibt es an { $asked } und ab dann an niemand anderen; Nein fragt nach dem Passwort dieser Anmeldung.
field-test = Live-Test
field-test-help = Vor dem Test wird nichts geschrieben.
field-test-to = Testnachricht senden an
field-test-to-help = Dorthin geht eine kurze Nachricht.
field-force = Der Test ist fehlgeschlagen
field-force-help = Es wurde nichts geschrieben.
field-target = Einstellungen schreiben für
field-target-help = Programme auf dieser Maschine, die E-Mails senden. Das Profil wird in jedem Fall gespeichert.
field-secret-store = Passwort speichern in
field-secret-store-help = Wer sendet, muss es lesen können, ohne dass jemand dabei ist.
field-password-env = Variable mit dem Passwort
field-password-env-help = Ihr Name. Sie muss überall gesetzt sein, von wo gesendet wird.
field-password-command = Befehl, der das Passwort ausgibt
field-password-command-help = Er wird bei jedem Senden mit /bin/sh ausgeführt.
field-secret-command-path = Programm, das anderen das Passwort gibt
field-secret-command-path-help = msmtp, git und andere rufen es bei jedem Senden auf. Leer: das mailsetup, das gerade läuft.
field-scope = Für wen
field-scope-help = Für Ihr eigenes Konto oder für die ganze Maschine.
field-profile = Profilname
field-profile-help = Unter diesem Namen werden die Einstellungen gespeichert. Meist genügt ein Profil.
choice-profile-new = Weiteres Profil { $profile } anlegen
choice-profile-new-hint = für { $address }
choice-profile-change = Profil { $profile } ändern
choice-profile-change-hint = bisher { $address } bei { $host }; die Programme, die es nutzen, ändern sich mit
field-yes = Diese Dateien schreiben?
field-yes-help = Jede vorhandene Datei wird gesichert; „mailsetup undo“ macht alles rückgängig.

## Auswahl: Bezeichnung und Hinweis

choice-provider-custom = Anderer Server
choice-provider-custom-hint = Ihr eigener oder einer, der nicht in der Liste steht
choice-security-tls = Implizites TLS
choice-security-starttls = STARTTLS
choice-security-none = Keine Verschlüsselung
choice-security-port = { $mode ->
    [smtp-none] Port { $port }, nur für diese Maschine oder ein vertrauenswürdiges Netz
    [imap-none] Port { $port }, nur für diese Maschine oder ein vertrauenswürdiges Netz
   *[other] Port { $port }
}
choice-auth-auto = Automatisch
choice-auth-auto-hint = das beste, das beide Seiten beherrschen
choice-auth-plain = PLAIN
choice-auth-plain-hint = Anmeldename und Passwort in einem Schritt
choice-auth-login = LOGIN
choice-auth-login-hint = älter; manche Exchange-Server können nichts anderes
choice-auth-cram-md5 = CRAM-MD5
choice-auth-cram-md5-hint = das Passwort selbst wird nicht übertragen
choice-auth-scram-sha-1 = SCRAM-SHA-1
choice-auth-scram-sha-1-hint = beide Seiten beweisen, dass sie das Passwort kennen
choice-auth-scram-sha-256 = SCRAM-SHA-256
choice-auth-scram-sha-256-hint = ebenso, mit neuerem Hash
choice-auth-xoauth2 = XOAUTH2
choice-auth-xoauth2-hint = mit einem OAuth-2.0-Zugriffstoken statt des Passworts
choice-auth-oauthbearer = OAUTHBEARER
choice-auth-oauthbearer-hint = die genormte Form von XOAUTH2
choice-auth-none = Ohne Anmeldung
choice-auth-none-hint = der Server kennt diese Maschine
choice-test-send = Nachricht senden
choice-test-send-hint = prüft den ganzen Weg
choice-test-changed = Nachricht senden, wenn sich etwas ändert
choice-test-changed-hint = für wiederholte Läufe
choice-test-login = Nur anmelden
choice-test-login-hint = es wird nichts gesendet
choice-test-connect = Nur verbinden
choice-test-connect-hint = bis zur Verschlüsselung, ohne Anmeldung
choice-test-none = Kein Test
choice-test-none-hint = schreibt Einstellungen, die niemand ausprobiert hat
choice-scope-user = Dieses Konto
choice-scope-user-hint = Dateien in Ihrem Home-Verzeichnis
choice-scope-system = Die ganze Maschine
choice-scope-system-hint = Dateien unter /etc, braucht root
choice-store-file = Eine eigene Datei
choice-store-file-hint = neben dem Profil, nur für Besitzer und Sendende lesbar
choice-store-keyring = Der Schlüsselbund des Desktops
choice-store-keyring-hint = nur solange sein Besitzer angemeldet ist
choice-store-command = Ein eigener Befehl
choice-store-command-hint = ein Skript oder ein anderer Manager, der es ausgibt
choice-store-env = Eine Umgebungsvariable
choice-store-env-hint = gesetzt von dem, was das Programm startet
choice-target-needs-root = braucht root: mailsetup mit sudo starten
choice-recover-edit = Ändern: { $field }
choice-recover-retry = Noch einmal testen
choice-recover-retry-hint = mit denselben Antworten
choice-recover-force = Trotzdem schreiben
choice-recover-force-hint = E-Mails gehen erst hinaus, wenn die Ursache behoben ist

## Antworten, die nicht angenommen werden: was falsch ist und wie es richtig wird

invalid-empty = Dieses Feld darf nicht leer sein.
invalid-control = Die Eingabe enthält ein Steuerzeichen. Tippen Sie sie von Hand neu ein.
invalid-address-empty = Geben Sie eine Adresse ein, zum Beispiel ops@example.com.
invalid-address-no-at = In „{ $typed }“ fehlt das @. Eine Adresse sieht aus wie ops@example.com.
invalid-address-no-local = Vor dem @ steht nichts.
invalid-address-no-domain = Hinter dem @ steht nichts.
invalid-address-domain = „{ $domain }“ ist keine Domain. Hinter dem @ steht zum Beispiel example.com.
invalid-address-stray = Entfernen Sie „{ $character }“: Hier gehört eine einzelne Adresse hin, etwa ops@example.com.
invalid-address-syntax = „{ $typed }“ ist keine Adresse. Eine Adresse sieht aus wie ops@example.com.
invalid-host-empty = Geben Sie den Namen des Servers ein, zum Beispiel smtp.example.com.
invalid-host-scheme = Lassen Sie weg, was vor dem Namen steht: { $host }
invalid-host-port = Geben Sie nur den Namen ein: { $host }. Der Port { $port } hat ein eigenes Feld.
invalid-host-character = Entfernen Sie „{ $character }“: In Servernamen kommt das nicht vor.
invalid-host-dots = Im Namen ist ein Punkt zu viel.
invalid-host-label = „{ $label }“ ist zu lang oder beginnt oder endet mit einem Bindestrich.
invalid-host-address = Das ist eine E-Mail-Adresse. Hier gehört der Name des Servers hin, etwa smtp.example.com.
invalid-port = „{ $typed }“ ist kein Port. Geben Sie eine Zahl von 1 bis 65535 ein, meist 465 oder 587.
invalid-choice = „{ $typed }“ ist nicht dabei. Möglich sind: { $choices }.
invalid-choice-near = „{ $typed }“ ist nicht dabei. Möglich sind: { $choices }. Meinten Sie { $near }?
invalid-confirm = Antworten Sie mit ja oder nein statt mit „{ $typed }“.
invalid-provider = Es gibt keinen Anbieter „{ $typed }“. Nehmen Sie „custom“ mit einem Server, oder siehe „mailsetup providers“.
invalid-provider-near = Es gibt keinen Anbieter „{ $typed }“. Meinten Sie { $near }?
invalid-target = Es gibt kein Ziel „{ $typed }“. Siehe „mailsetup targets“.
invalid-target-near = Es gibt kein Ziel „{ $typed }“. Meinten Sie { $near }?
invalid-password-empty = Geben Sie das Passwort ein. Beim Tippen wird nichts angezeigt.
invalid-proxy-kind = Geben Sie den Proxy mit seiner Art an: socks5://proxy.example.com:1080 oder http://proxy.example.com:3128. Andere Arten gehen hier nicht.
invalid-proxy-login = Geben Sie den Proxy ohne Login an: Das Passwort stünde in Dateien und Befehlen, und kein Mailprogramm meldet sich dort an. Lassen Sie diese Maschine am Proxy nach ihrer Adresse zu.
invalid-proxy-port = Geben Sie den Port des Proxys an und nichts dahinter: socks5://proxy.example.com:1080 oder http://proxy.example.com:3128.
invalid-pin = Ein Pin ist der SHA-256 des Zertifikats: 64 Hex-Ziffern, mit oder ohne Doppelpunkte.
invalid-profile = „{ $typed }“ kann kein Profilname sein. Erlaubt sind Buchstaben, Ziffern, Punkte, Binde- und Unterstriche.
invalid-profile-start = „{ $typed }“ kann kein Profilname sein. Am Anfang steht ein Buchstabe, eine Ziffer oder ein Unterstrich.
invalid-variable = Das kann kein Variablenname sein. Erlaubt sind Buchstaben, Ziffern und Unterstriche.

## Hinweise zu Antworten

note-ehlo = „{ $name }“ ist kein vollständiger Name. Manche Server verlangen einen, etwa web1.example.com.
note-port-mode = Auf Port { $port } ist { $mode } unüblich. Scheitert der Test an der Begrüßung oder an TLS, ändern Sie eines von beiden.
note-username-space = Im Anmeldenamen steht ein Leerzeichen. Soll das so sein?
note-no-login = { $host } bietet keine Anmeldung an. Ein Relay, das diese Maschine an ihrer Adresse erkennt, braucht keine: Wählen Sie hier „keine“. Der Versandserver des Anbieters böte eine an: Gehen Sie zurück und prüfen Sie Host und Port.
note-arrival = Ankunft: { $title }.
note-arrival-own = Eine Nachricht an sich selbst sagt wenig über SPF, DKIM und DMARC. Ein Postfach bei einem anderen Anbieter sagt mehr: --arrival-to ADRESSE mit --imap-host und --imap-password-file.
cli-no-mailbox = --arrival braucht ein Postfach zum Nachsehen: IMAP-Server, Anmeldename und Passwort
cli-no-mailbox-hint = geben Sie --imap-host, --imap-username und --imap-password-file (oder -stdin, -fd, -env, -command) an, oder lassen Sie --arrival weg
check-no-mailbox = Profil { $profile } hat keinen IMAP-Server: --arrival hat kein Postfach zum Nachsehen
check-no-mailbox-hint = speichern Sie einen mit: mailsetup edit { $profile } --imap-host HOST
check-mailbox-password = Das Passwort von Profil { $profile } ist nicht für { $host }
check-mailbox-password-hint = geben Sie das des Postfachs mit --imap-password-file oder --imap-password-env an
proof-arrived = Ankunft: { $place }
note-foreign-logins = Der Server bietet nur { $offered } an, was mailsetup nicht kann: Kein hier eingegebenes Passwort hilft. Es können: msmtp mit GNU SASL, Postfix mit Cyrus SASL oder ein Relay, das nach Adresse annimmt (--auth none).
note-password-useless = { $provider } nimmt zum Senden keinerlei Passwort an. Nehmen Sie ein Zugriffstoken (Anmeldeverfahren XOAUTH2) oder einen anderen Anbieter.
note-password-grouped = Das Passwort enthält Leerzeichen, die dieser Anbieter nur zur besseren Lesbarkeit anzeigt.
note-password-blank = Das Passwort beginnt oder endet mit einem Leerzeichen. Es wird so gespeichert, wie es ist.
note-password-length = { $name }: Üblich sind { $length } Zeichen, hier sind es { $typed }. Ist es das Passwort des Kontos?
note-password-shape = Das sieht nicht nach { $name } aus. Ist es das Passwort des Kontos?

# Demo-Server
demo-password-hint = Das Passwort der Demo lautet: { $password }
demo-fault-none = Alles funktioniert
demo-fault-wrong-password = Falsches Passwort: jede Anmeldung wird abgelehnt
demo-fault-blocked-port = Gesperrter Port: eine Firewall verschluckt den TLS-Port; STARTTLS geht noch
demo-fault-expired-certificate = Abgelaufenes Zertifikat: es galt bis gestern
demo-fault-self-signed = Selbstsigniertes Zertifikat: keine Zertifizierungsstelle bürgt dafür
demo-fault-wrong-name = Falscher Name: das Zertifikat gehört zu einem anderen Server
demo-fault-login-not-offered = Keine Anmeldung: der Server bietet kein AUTH an
demo-fault-sender-refused = Absender abgelehnt: das Konto darf diese Adresse nicht verwenden
demo-fault-busy = Überlastet: der Server bittet, es später noch einmal zu versuchen
demo-fault-slow = Langsam: jede Antwort dauert anderthalb Sekunden

# host: diese Maschine, ihre Dateien und ihre Passwortspeicher
host-no-home = Es gibt kein Home-Verzeichnis: HOME ist nicht gesetzt
host-no-home-hint = Setzen Sie HOME, oder schreiben Sie mit --scope system für das ganze System
host-relative = { $variable } ist kein absoluter Pfad: Ihre Einstellungen lägen in jedem Verzeichnis anderswo
host-relative-hint = Setzen Sie einen Pfad, der mit / beginnt, oder löschen Sie die Variable
host-no-root = { $path } ist kein Verzeichnis und kann daher nicht die Wurzel eines Images sein
host-no-cwd = Das aktuelle Verzeichnis ist verschwunden: Wechseln Sie in eines, das es gibt
host-nearest = Meinten Sie { $word }?

host-read-missing = { $path } gibt es nicht
host-read-denied = { $path }: keine Leserechte
host-read-folder = { $path } ist ein Verzeichnis, keine Datei
host-read-large = { $path } ist zu groß für eine Einstellungsdatei
host-read-special = { $path } ist keine gewöhnliche Datei
host-read-other = { $path } kann nicht gelesen werden: { $error }
host-write-denied = { $path }: keine Schreibrechte
host-write-denied-hint = Starten Sie mailsetup mit sudo, oder geben Sie mit --target NAME=PFAD einen anderen Pfad an
host-write-read-only = { $path } liegt auf einem schreibgeschützt eingehängten Dateisystem
host-write-full = { $path }: Der Datenträger ist voll oder Ihre Quota erschöpft
host-write-full-hint = Schaffen Sie Platz und führen Sie denselben Befehl noch einmal aus
host-write-not-folder = { $path }: Wo ein Verzeichnis sein muss, liegt eine Datei
host-write-folder = { $path } ist ein Verzeichnis; eine Datei kann dort nicht geschrieben werden
host-write-other = { $path } kann nicht geschrieben werden: { $error }

host-profile-name = „{ $name }“ kann kein Profilname sein
host-profile-name-hint = Erlaubt sind bis zu 64 Buchstaben, Ziffern, Punkte, Unter- und Bindestriche; am Anfang ein Buchstabe, eine Ziffer oder ein Unterstrich
host-no-profile = Es gibt kein Profil { $name }
host-no-profile-hint = mailsetup list zeigt die gespeicherten Profile
host-newer-schema = { $path } stammt von einem neueren mailsetup (Schema { $schema }) und blieb unverändert
host-newer-schema-hint = Aktualisieren Sie mailsetup, oder wählen Sie mit --profile NAME einen anderen Namen
host-bad-profile = Das Profil ist nicht zu verstehen: { $place }: { $why }
host-bad-field = Das Profil ist nicht zu verstehen: { $place }: { $field }: { $why }
toml-line = Diese Zeile ist kein TOML: Schreiben Sie Schlüssel = Wert, einen je Zeile
toml-quotes = Ein Text braucht an beiden Enden Anführungszeichen: schlüssel = "wert"
toml-brackets = Der Name einer Tabelle steht in eckigen Klammern, etwa [smtp], und eine Liste endet mit ]
toml-twice = Das steht zweimal in der Datei: Nehmen Sie eines davon heraus
toml-not-text = Das ist kein UTF-8-Text: Tippen Sie es neu
toml-text = Hier muss ein Text in Anführungszeichen stehen
toml-yes-no = Hier muss true oder false stehen, ohne Anführungszeichen
toml-number = Hier muss eine ganze Zahl stehen, ohne Anführungszeichen
toml-list = Hier muss eine Liste von Tabellen stehen, jede mit ihrem Namen in [[doppelten Klammern]]
toml-table = Hier muss eine Tabelle stehen: ihr Name in [Klammern] auf einer Zeile, darunter ihre Schlüssel
profile-missing = Das fehlt
profile-no-key = Einen solchen Schlüssel gibt es in [{ $table }] nicht
profile-no-top-key = Einen solchen Schlüssel gibt es außerhalb der Tabellen nicht
profile-path-not-text = Ein Pfad darin ist kein UTF-8-Text

host-locked = Ein anderes mailsetup schreibt gerade (Prozess { $pid })
host-locked-unknown = Ein anderes mailsetup schreibt gerade
host-locked-hint = Warten Sie, bis es fertig ist und führen Sie dann denselben Befehl noch einmal aus
host-changed = { $path } wurde inzwischen von anderer Seite geändert; es wurde nichts geschrieben
host-changed-hint = Führen Sie denselben Befehl noch einmal aus, um die neuen Unterschiede zu sehen
host-link-dangling = { $path } ist ein symbolischer Link, der ins Leere führt
host-link-shared = { $path } führt durch ein Verzeichnis, in dem jeder schreiben darf
host-link-foreign = { $path } führt zu einer Datei, die einem anderen Benutzer gehört
host-link-outside = { $path } liegt nicht unter der Wurzel des Abbilds
host-link-hard = { $path } hat anderswo einen zweiten Namen, in einem Verzeichnis, in dem jeder schreiben darf
host-link-strange = { $path } ist ein Link, ein Gerät oder eine Datei mit zweitem Namen; dort gehört eine gewöhnliche Datei von mailsetup hin
host-link-strange-hint = Klären Sie, wer das dort angelegt hat, und entfernen Sie es: rm { $path }
host-foreign = { $path } gehört { $owner }: Was darin steht, geschähe mit Ihren Rechten
host-foreign-hint = Rufen Sie mailsetup als { $owner } auf (sudo -H -u { $owner } mailsetup …) oder mit --scope system. Soll es Ihnen gehören: mit chown übernehmen
host-image-foreign-hint = Wer den Weg in das Abbild ändern kann, lenkt, was dort geschrieben wird: chown root:root { $path }, wenn es root gehören soll, oder rufen Sie mailsetup als { $owner } auf
host-writable = Andere dürfen { $path } ändern: Was sie hineinschreiben, geschähe mit Ihren Rechten
host-writable-hint = Sehen Sie es durch und entziehen Sie dann das Recht: chmod go-w { $path }
host-writable-link-hint = { $path } ist ein Link: Löschen Sie ihn oder legen Sie an seiner Stelle eine eigene Datei an
host-second-name = { $path } hat einen zweiten Namen (Hardlink), vielleicht den einer Datei dieses Rechners
host-second-name-hint = Haben Werkzeuge des Images den Link angelegt, machen Sie daraus eine eigene Datei: cp -p { $path } { $path }.new && mv { $path }.new { $path }
host-store-image = Der Speicher „{ $store }“ gilt nicht für ein Abbild: Er würde auf diesem Rechner ausgeführt oder gesucht
host-store-image-hint = Legen Sie das Passwort eines Abbilds im Speicher file ab oder in einem Tresor mit Schlüsseldatei oder Passphrase
host-link-hint = Legen Sie dort eine gewöhnliche Datei an, oder geben Sie mit --target NAME=PFAD einen anderen Pfad an
host-no-group = Es gibt keine Gruppe { $group }
host-owner = { $path }: Besitzer und Gruppe können nicht gesetzt werden
host-owner-hint = Starten Sie mailsetup mit sudo
host-extended = { $path }: { $name } lässt sich nicht auf die neue Fassung übertragen ({ $error }). Nichts wurde geändert.
host-extended-hint = Nehmen Sie es von der Datei weg, wenn es nicht gebraucht wird („setfacl -b“, „setfattr -x“), oder starten Sie mailsetup mit sudo
host-run-start = { $command } konnte nicht gestartet werden: { $error }
host-run-slow = { $command } war nach { $seconds } Sekunden nicht fertig
host-run-large = { $command } hörte nicht auf, Ausgaben zu schreiben
host-run-failed = { $command } ist fehlgeschlagen ({ $status })
host-run-said = { $command } ist fehlgeschlagen: { $said }
host-journal = Die Aufzeichnung eines früheren Schreibvorgangs ist nicht zu verstehen: { $path } ({ $error })
host-journal-hint = Verschieben Sie { $path }, um ohne sie weiterzumachen
host-conflict = { $path } wurde seither bearbeitet, und zwar in den Zeilen, die mailsetup geschrieben hat; es wurde nichts geändert
host-conflict-hint = Bearbeiten Sie die Datei von Hand; der frühere Inhalt steht in { $backup }
host-conflict-new-hint = Bearbeiten Sie die Datei von Hand; vorher gab es sie nicht
host-nothing-to-undo = Es gibt nichts rückgängig zu machen
host-put-back = Alles wurde wiederhergestellt, wie es war
host-not-put-back = { $path } wurde nicht wiederhergestellt; der frühere Inhalt steht in { $backup }
host-not-taken-away = { $path } wurde nicht wieder entfernt: Löschen Sie die Datei von Hand
host-cut-off = Ein Lauf vom { $when } brach ab. Zuerst wird zurückgenommen: { $files }
host-cut-off-stays = Ein Lauf vom { $when } brach ab und ließ halb fertig zurück: { $files }. mailsetup undo nimmt das zurück
secret-cut-off = { $why }. Ein Lauf vom { $when } brach ab: mailsetup undo nimmt zurück, was er schrieb
host-recovered = Ein Lauf von { $when } wurde unterbrochen; was er geschrieben hatte, wurde zurückgenommen
host-recovered-not = { $path } wurde seither bearbeitet und blieb, wie es ist; der frühere Inhalt steht in { $backup }
host-recovered-left = { $path } wurde seither bearbeitet und blieb, wie es ist
host-undo-damaged = { $path } war beschädigt und ist wieder so wie vor diesem Schreibvorgang. Der beschädigte Text liegt in { $backup }
host-undo-gone = { $path } wurde seither gelöscht und bleibt gelöscht; der frühere Inhalt steht in { $backup }
host-undo-gone-new = { $path } wurde seither gelöscht und bleibt gelöscht
host-dropped-unknown = { $target }: Wie die Datei vorher war, ist nicht mehr bekannt. Sie bleibt, wie sie ist, mit dem Passwort, falls es darin steht
host-taken-over = { $path } gehört inzwischen zu Profil { $profile }: Die Datei bleibt, wie sie ist

host-input-stdin = Das Passwort kann nicht von der Standardeingabe gelesen werden: { $error }
host-input-descriptor = Das Passwort kann nicht vom Dateideskriptor { $number } gelesen werden: { $error }
host-input-variable = Die Umgebungsvariable { $name } ist nicht gesetzt
host-input-no-variable = Die Variable, in der das Passwort stehen soll, ist nicht gesetzt
host-input-no-file = Eine solche Datei mit dem Passwort gibt es nicht
host-input-no-file-hint = Nennen Sie die Datei, in der das Passwort steht; das Passwort selbst gehört in kein Argument.
host-input-empty = Das Passwort ist leer
host-input-not-text = Das Passwort ist kein UTF-8-Text
host-input-long = Das Passwort ist länger als 64 KiB
host-command-start = Der Passwortbefehl konnte nicht gestartet werden: { $error }
host-command-slow = Der Passwortbefehl war nach { $seconds } Sekunden nicht fertig
host-command-failed = Der Passwortbefehl ist fehlgeschlagen ({ $status })
host-command-steered = Der Passwortbefehl wird nicht als root ausgeführt: { $path } können andere ändern
host-command-steered-hint = Legen Sie das Programm dorthin, wo nur root schreiben kann, oder lassen Sie es von dem Benutzer ausführen, der sendet: --run-as BENUTZER
host-command-hint = Führen Sie den Befehl selbst aus, um zu sehen, was er meldet: Hier wird es nicht gezeigt, denn es könnte das Passwort sein.

host-secret-open = { $path } enthält das Passwort, und jeder auf dieser Maschine darf die Datei lesen (Modus { $mode })
host-secret-open-hint = Schränken Sie die Rechte ein: chmod { $mode } { $path }
host-secret-missing-hint = Geben Sie das Passwort mit mailsetup edit neu ein
host-secret-no-entry = Im Speicher gibt es keinen Eintrag { $entry } von mailsetup
host-secret-foreign = Dieses Passwort wurde für { $bound } angegeben, nicht für { $asked }: Es wird nicht herausgegeben
host-secret-unclear = Die Angabe, wofür dieses Passwort bestimmt ist, ist beschädigt: Es wird nicht herausgegeben
host-secret-unclear-hint = Geben Sie das Passwort mit mailsetup edit neu ein
host-secret-foreign-hint = Geben Sie das Passwort des anderen Servers mit mailsetup edit ein
binding-login = { $host }, als { $username }
binding-host = { $host }
secret-for = für { $whom }
show-secret = Passwort für { $whom }
secret-git-foreign = Dieses Passwort ist zum Senden über Server und Port des Profils da, nicht für { $asked }: Es wird nicht herausgegeben
secret-git-input = git sagt nicht, welches Passwort es will: { $cause }
host-keyring-absent = Dieses mailsetup wurde ohne Schlüsselbund gebaut.
host-keyring-no-bus = Kein Schlüsselbund: Hier läuft keine Desktop-Sitzung (kein D-Bus-Sitzungsbus)
host-keyring-no-service = Kein Schlüsselbund: In dieser Sitzung läuft kein Schlüsselbunddienst
host-keyring-silent = Kein Schlüsselbund: Er hat nicht rechtzeitig geantwortet
host-keyring-locked = Der Schlüsselbund ist gesperrt und wurde nicht entsperrt
host-keyring-ambiguous = Der Schlüsselbund enthält diesen Eintrag mehrfach: Entfernen Sie die übrigen
host-keyring-other = Der Schlüsselbund funktioniert nicht: { $error }
host-keyring-hint = Entsperren Sie den Schlüsselbund, oder nehmen Sie --secret-store file
## Kommandozeile

cli-about = Bringt den E-Mail-Versand eines Servers zum Laufen und beweist, dass er funktioniert.
cli-usage = mailsetup [ADRESSE] [OPTIONEN]
    {"        "}mailsetup BEFEHL [ARGUMENTE]
cli-after-help = Ohne Befehl richtet mailsetup ein Relay ein: Im Terminal fragt es, im Skript nimmt es alles aus Optionen.
    Jede Option kann auch aus einer Variable (MAILSETUP_HOST für --host) oder einer Datei (--answers DATEI.toml) kommen.
    Zum Ausprobieren, ganz ohne eigenes Konto: mailsetup --demo
cli-heading-commands = Befehle
cli-heading-options = Optionen
cli-heading-usage = Aufruf:
cli-heading-arguments = Argumente
cli-answers-unreadable = Die Antwortdatei { $file } kann nicht gelesen werden: { $cause }
cli-answers-syntax = { $file }, Zeile { $line }: { $cause }
cli-answers-unknown = { $file }: Es gibt keine Antwort namens „{ $key }“.
cli-answers-kind = { $file }: „{ $key }“ muss ein Text, eine Zahl, true, false oder eine Liste von Texten sein.
cli-answers-password = { $file }: Ein Passwort gehört nicht in eine Antwortdatei. Geben Sie password_file, password_env oder password_command an.
cli-did-you-mean = Meinten Sie { $near }?
cli-preset = Ein Preset von Ihnen wird übergangen: { $fault }
cli-preset-key = Ein Schlüssel in einem Preset von Ihnen wird übergangen: { $fault }
cli-image-presets = { $path } wird nicht gelesen: Es gehört zum Abbild. Vorgaben und Texte kommen nur von diesem Rechner
cli-text = Ein Satz Ihrer eigenen Textdatei ist nicht zu gebrauchen: { $fault }
cli-timeout = --timeout: „{ $typed }“ ist keine Anzahl von Sekunden zwischen 0.1 und 3600.
cli-lock-timeout = --lock-timeout: „{ $typed }“ ist keine Anzahl von Sekunden zwischen 0 und 86400.
cli-output = Die Ausgabe kann nicht geschrieben werden: { $cause }
cli-input = Die Standardeingabe kann nicht gelesen werden: { $cause }
cli-terminal = Das Terminal ist weg: { $cause }
cli-bad-answer = { $name }: { $why }
cli-password-fd = { $flag } nimmt die Nummer eines offenen Dateideskriptors.
cli-passwords = Sagen Sie nur einmal, woher das Passwort kommt: { $names }.
cli-switch = { $name }: Antworten Sie mit ja oder nein statt mit „{ $typed }“.
cli-empty-hint = Lassen Sie es weg, wenn Sie es nicht meinen; sehen Sie in einem Skript nach, ob die Variable gesetzt ist.
cli-contradiction = { $one } und { $other } widersprechen sich. Geben Sie nur eines davon an.
cli-passphrases = Sagen Sie nur einmal, woher die Passphrase des Tresors kommt: { $names }.
cli-idle = { $flag } bewirkt nichts mit { $other }.
cli-idle-without = { $flag } bewirkt nichts ohne { $other }.
cli-idle-program = { $flag } bewirkt nichts: Kein Ziel hier startet ein Programm für das Passwort.
cli-idle-targets = { $flag } zählt nur für diese Ziele, und keines davon ist gewählt: { $targets }.
cli-idle-targets-hint = Fügen Sie eines mit { $target } hinzu, oder lassen Sie { $flag } weg
cli-vault-locked = Den Tresor gibt es schon, verschlossen mit { $lock }; { $flag } ändert daran nichts.
cli-vault-locked-hint = Um das zu ändern: mailsetup vault lock-with { $lock }
cli-group-of-nobody = { $group } braucht Benutzer, die senden, außer root: Nennen Sie sie mit { $users }.
cli-image-program = --image-program ist der Pfad von mailsetup im Image von --root und beginnt mit einem Schrägstrich.
cli-image-program-hint = Zum Beispiel: --root /srv/image --image-program /usr/bin/mailsetup
cli-variable-unknown = { $name } ist keine Variable von mailsetup.
cli-variable-password = MAILSETUP_PASSWORD wird nicht gelesen. Sagen Sie, wo das Passwort steht: MAILSETUP_PASSWORD_FILE, MAILSETUP_PASSWORD_ENV oder MAILSETUP_PASSWORD_COMMAND.
cli-ca-file-unreadable = --ca-file: { $file } kann nicht gelesen werden: { $cause }
cli-ca-file-bad = --ca-file: { $file } enthält kein brauchbares Zertifikat: { $cause }
cli-ca-file-hint = Nötig ist eine PEM-Datei mit dem Zertifikat der Zertifizierungsstelle: -----BEGIN CERTIFICATE-----
cli-client-key-alone = --client-key steht ohne --client-cert
cli-client-key-alone-hint = Geben Sie beide an: --client-cert DATEI --client-key DATEI. Eine Datei mit beidem: nur --client-cert.
cli-client-cert-unreadable = { $file } kann nicht gelesen werden: { $cause }
cli-client-cert-none = --client-cert: { $file } enthält kein lesbares Zertifikat
cli-client-cert-none-hint = Nötig ist eine PEM-Datei, zuerst das Zertifikat, dann die seiner Zertifizierungsstelle: -----BEGIN CERTIFICATE-----
cli-client-key-none = --client-key: { $file } enthält keinen brauchbaren privaten Schlüssel
cli-client-key-none-hint = Nötig ist eine PEM-Datei mit einem RSA-, ECDSA- oder Ed25519-Schlüssel: -----BEGIN PRIVATE KEY-----
cli-client-key-locked = --client-key: { $file } verlangt eine Passphrase, die beim Senden niemand eingibt
cli-client-key-locked-hint = Entfernen Sie sie in einer eigenen Datei: (umask 077; openssl pkey -in { $file } -out client-key.pem)
cli-client-key-open = --client-key: Alle können { $file } lesen
cli-client-key-open-hint = Schließen Sie sie zuerst: chmod o= { $file }
cli-client-key-other = { $key } ist nicht der Schlüssel des Zertifikats in { $cert }
cli-client-key-other-hint = Beide müssen dasselbe ausgeben: openssl x509 -in { $cert } -noout -pubkey; openssl pkey -in { $key } -pubout
cli-client-cert-expired = --client-cert: Das Zertifikat in { $file } ist am { $day } abgelaufen
cli-client-cert-expired-hint = Besorgen Sie ein neues beim Betreiber des Servers.
cli-client-cert-early = --client-cert: Das Zertifikat in { $file } gilt erst ab { $day }
cli-client-cert-early-hint = Prüfen Sie die Uhr dieser Maschine: date
cli-cancelled = Abgebrochen. Es wurde nichts geschrieben.

flag-help = Diese Hilfe anzeigen
flag-version = Version anzeigen
flag-imap = IMAP-Einstellungen im Profil speichern
flag-no-imap = Keine IMAP-Einstellungen speichern
flag-arrival = Die Testnachricht per IMAP im Postfach suchen und sagen, wo sie ankam
flag-no-arrival = In kein Postfach sehen
flag-arrival-to = Die Testnachricht an diese eigene Adresse senden und dort suchen
flag-arrival-delete = Die Testnachricht entfernen, sobald sie angekommen ist
flag-imap-password-stdin = Das Passwort des Postfachs von der Standardeingabe lesen
flag-imap-password-file = Das Passwort des Postfachs aus einer Datei lesen
flag-imap-password-fd = Das Passwort des Postfachs von einem Dateideskriptor lesen
flag-imap-password-env = Das Passwort des Postfachs aus einer Umgebungsvariable lesen
flag-imap-password-command = Einen Befehl ausführen, der das Passwort des Postfachs ausgibt
flag-this-domain = Die Domain der Adresse stimmt, obwohl sie nur einen Tippfehler von der eines großen Anbieters entfernt ist
flag-allow-plaintext = Senden ohne Verschlüsselung über diese Maschine hinaus zulassen
flag-yes = Ohne Rückfrage schreiben
flag-force = Auch nach fehlgeschlagenem Test schreiben
flag-through = Programme für das Relay schreiben, das dieses Ziel hier eingerichtet hat, wie msmtpd
flag-take-over = In einer Datei, in die nur ein Profil passt, die Stelle eines anderen einnehmen
flag-unproven = Ohne Test schreiben, auch ohne ein Passwort, das es erst zur Laufzeit gibt; „mailsetup check“ beweist es dann
flag-image-program = Wo mailsetup im Image von --root liegt: was passwordeval und andere dort aufrufen
flag-password-stdin = Passwort von der Standardeingabe lesen
flag-password-file = Passwort aus dieser Datei lesen
flag-password-fd = Passwort von diesem Dateideskriptor lesen
flag-answers = Antworten aus dieser TOML-Datei nehmen
flag-dry-run = Testen und planen, aber nichts senden und nichts schreiben
flag-all = Jedes Profil, das nicht entfernt ist
flag-drift = Nur prüfen, ob die Dateien dem Profil entsprechen, ohne Netz
flag-scope = Einstellungen dieses Benutzers oder des ganzen Systems
flag-target = Die Einstellungen für dieses Programm schreiben; mailsetup targets zählt sie auf
flag-test = Wie weit der Live-Test geht
flag-pin-sha256 = Allein diesem Zertifikat vertrauen, nach seinem SHA-256
flag-ehlo = Der Name, mit dem dieser Rechner den Server begrüßt
flag-dry-run-command = Zeigen, was geschähe; nichts ändern
flag-diff = Zeigen, was geschrieben wird, als Diff
flag-plain = Zeilenweise fragen statt auf dem ganzen Bildschirm
flag-demo = Alles an einem eingebauten Mailserver ausprobieren
flag-root = Unterhalb dieses Verzeichnisses schreiben, etwa in ein Image
flag-timeout = Wie viele Sekunden ein Schritt des Tests dauern darf (10)
flag-if-exists = Auch dann erfolgreich, wenn es das Profil nicht gibt
flag-purge = Nichts aufheben, womit es wiederkäme, auch keine Kopie des Passworts
flag-lock-timeout = Wie lange auf ein anderes mailsetup gewartet wird, das gerade schreibt, in Sekunden (10)
flag-lang = Sprache
flag-color = Farben; NO_COLOR gilt
flag-json = Ein einziges JSON-Dokument ausgeben, nichts fragen
flag-no-input = Nichts fragen; sagen, was fehlt
flag-quiet = Nur sagen, was misslingt
flag-verbose = Mehr sagen
flag-send = Auch eine Nachricht senden
flag-offline = Kein Netz benutzen
flag-eml = Die gespeicherte Nachricht oder ihre Kopfzeilen, oder - für die Standardeingabe
flag-jsonl = JSON-Zeilen von der Standardeingabe erklären
flag-stale = Nur die, deren Fakten vor mehr als MONTHS Monaten (18) geprüft wurden, die ältesten zuerst
flag-provider = Der Schlüssel des Anbieters
flag-host = Der Name des Servers
flag-port = Der Port des Servers
flag-stage = Der Schritt, in dem es passiert ist
flag-file = Diese Datei lesen: ein Protokoll, eine zurückgekommene Nachricht, eine Antwort
flag-journal = Das Journal des Systems lesen, was Mail angeht
flag-since = Nur was ein Protokoll ab TIME sagt: 2h, 3d, today, 2026-11-30 03:00
flag-profile = Der Name des Profils
flag-print = Ausgeben statt schreiben

command-check = Gespeichertes Profil erneut testen; für Cron und Überwachung
command-apply = Jede Datei so schreiben, wie das Profil sagt
command-detect = Einstellungen für Adressen anzeigen
command-arrival = Sagen, was der Empfänger von einer Nachricht hielt, nach ihren Kopfzeilen
command-explain = Sagen, was die Antwort eines Servers oder ein Fehler bedeutet
command-export = Gespeichertes Profil für ein weiteres Programm schreiben
command-list = Gespeicherte Profile auflisten
command-show = Gespeichertes Profil anzeigen
command-edit = Gespeichertes Profil ändern
command-remove = Zurücknehmen, was für ein Profil geschrieben wurde
command-undo = Letzten Schreibvorgang rückgängig machen
command-purge = Alles entfernen, was von entfernten Profilen aufgehoben ist
command-secret = Passwort eines Profils ausgeben, für passwordeval und Ähnliches
command-providers = Anbieter auflisten, die mailsetup kennt
command-targets = Programme auflisten, für die mailsetup Einstellungen schreibt
command-generate = Manpage, Vervollständigungen oder Schemas ausgeben
command-help = Die Hilfe zu einem Befehl anzeigen
command-man = Manpage ausgeben
command-completions = Vervollständigungen für eine Shell ausgeben
command-schema = JSON-Schema einer Datei ausgeben

arg-profile = Der Name des Profils
arg-address = E-Mail-Adressen
arg-reply = Die Antwort oder der Fehler, oder - für die Standardeingabe
arg-target = Der Name des Ziels, oder NAME=PFAD
arg-query = Teil eines Namens
arg-shell = Die Shell
arg-kind = Welche Datei oder die Ausgabe welches Befehls
arg-command = Der Befehl

usage-password = { $flag } gibt es nicht: Argumente kann jeder Benutzer dieser Maschine lesen. Nehmen Sie --password-file, --password-stdin, --password-fd, --password-env oder --password-command.
usage-unknown-flag = { $flag } gibt es hier nicht.
usage-unknown-command = Einen Befehl { $command } gibt es nicht.
usage-no-value = { $flag } braucht einen Wert.
usage-bad-value = { $flag }: „{ $value }“ ist nicht dabei. Möglich sind: { $values }.
usage-missing = { $flag } fehlt.
usage-no-command = Es fehlt ein Befehl.
usage-conflict = { $flag } ist hier nicht möglich.
usage-twice = { $flag } steht zweimal da; einmal genügt.
usage-too-many = Hier steht mehr als eine Adresse und Optionen.
usage-other = { $flag } ist nicht zu verstehen.
usage-help = Siehe: mailsetup --help

script-missing = Es fehlt: { $flags }
script-missing-hint = Anzugeben als Optionen, als Variablen oder in einer Datei mit --answers.
script-reuse = Das Passwort wurde für { $bound } angegeben, nicht für { $asked }
script-reuse-hint = Nennen Sie das andere Passwort mit --password-file oder --password-stdin; --reuse-secret gibt ihm dieses, das dann nur noch ihm gilt
script-profile-taken = Das Profil { $profile } gehört zu { $address } bei { $host }: Es wird nicht ungefragt ersetzt
script-profile-damaged = Das Profil { $profile } ist beschädigt: Es wird nicht ungefragt ersetzt
runner-profile-taken-hint = Ein anderer Lauf hat es gerade gespeichert. Geschrieben wurde nichts. Starten Sie mailsetup erneut mit --profile und einem anderen Namen; --profile { $profile } ändert jenes
script-profile-taken-hint = --profile { $free } legt ein weiteres Profil an; --profile { $profile } ändert jenes und die Programme, die es nutzen
script-missing-password-hint = Anzugeben als Optionen, als Variablen oder in einer Datei mit --answers. Ein Server, der Mail ohne Anmeldung nimmt: --auth none.
script-missing-provider-hint = Anzugeben als Optionen, als Variablen oder in einer Datei mit --answers. Ein eigener Server: --provider custom mit --host.
script-mistyped = { $domain } ist wohl ein Tippfehler: gemeint ist { $meant }.
script-mistyped-hint = Die Adresse berichtigen. Wenn die Domain stimmt, das angeben: { $flag }
warn-slip = { $domain } sieht aus wie { $meant } und kann jemand anderem gehören: Es wird nichts davon abgefragt. Wenn der Name stimmt, das angeben: --this-domain
script-needs-yes = Alles ist getestet und geplant; zum Schreiben fehlt --yes.
script-needs-yes-hint = Vorher ansehen, was geschrieben würde: --dry-run --diff
script-cancelled = Abgebrochen. Es wurde nichts geschrieben.
script-nothing-written = Es wurde nichts geschrieben.
script-next = Als Nächstes ausführen:
script-again = Danach noch einmal ausführen:

talk-welcome = mailsetup: ein paar Fragen, ein Live-Test, dann werden die Einstellungen geschrieben.
talk-keys = Esc geht zurück, Strg-C beendet. Nichts wird geschrieben, bevor Sie ja sagen.
talk-welcome-lines = Enter übernimmt, was in Klammern steht. < geht zurück, - leert eine Antwort, ? hilft, Strg-C beendet.
talk-prompt-keys = Esc: zurück
talk-lines-keys = Enter übernimmt, was in Klammern steht. < geht zurück, - leert eine Antwort, Strg-C beendet.
talk-lines-search = Insgesamt { $count }: Teil eines Namens tippen, um zu suchen, oder ? für die ganze Liste.
talk-lines-all = Insgesamt { $count }: ? zeigt die ganze Liste.
talk-lines-no-match = „{ $typed }“ passt auf nichts. Tippen Sie einen anderen Teil des Namens, oder ? für die ganze Liste.
talk-change = Was möchten Sie ändern?
talk-menu = Zuerst den Demo-Server stören oder reparieren
talk-testing = Test läuft ...
talk-writing = Wird geschrieben ...

crash = Ein Fehler in mailsetup selbst hat es beendet. Melden Sie diese Zeile, sie enthält nichts von Ihnen:
runner-taken-back = Alles wurde wiederhergestellt, wie es war.
runner-broken = Ein Fehler in mailsetup selbst hat diesen Schritt beendet, bei { $place }. Melden Sie diese Stelle: Sie enthält nichts von Ihnen.
runner-broken-plan = Nichts wurde geschrieben. Lassen Sie ein Ziel weg oder nennen Sie eine andere Datei dafür, um zu sehen, welches es ist.
runner-broken-write = Starten Sie mailsetup noch einmal: Es nimmt zuerst zurück, was halb geschrieben ist.
runner-mismatch = { $target } würde { $field } anders lesen als gemeint.
runner-left-to-do = Im Image noch auszuführen: { $command }
runner-planned-again = { $path } wurde von jemand anderem geändert, nachdem Sie den Plan gesehen hatten; das bleibt erhalten

message-subject = Testnachricht von { $host }
message-body = { $host } hat diese Nachricht am { $when } gesendet, um zu beweisen, dass sein E-Mail-Versand funktioniert.

    Das tut er. Mit dieser Nachricht ist nichts weiter zu tun.
message-subject-written = Testnachricht von { $host }, mit den geschriebenen Einstellungen
message-body-written = { $host } hat diese Nachricht am { $when } mit den Einstellungen gesendet, die aus { $file } zurückgelesen wurden.

    Sie funktionieren. Mit dieser Nachricht ist nichts weiter zu tun.

check-passed = Profil { $profile }: E-Mails gehen hinaus.
check-passed-image = Profil { $profile }: Von hier gehen E-Mails mit den Einstellungen des Images hinaus. Ob das Image sendet, kann erst sein erster Start zeigen.
check-drift = { $path } ({ $target }): { $fields } nicht mehr wie im Profil
check-missing = { $path } ({ $target }) fehlt
check-edited = { $path } ({ $target }) ist nicht mehr, wie geschrieben, obwohl die Einstellungen stimmen
check-drifted = Profil { $profile }: Der Server nimmt die E-Mails an, aber nicht jede Datei hier entspricht dem Profil.
check-no-drift = Profil { $profile }: Jede Datei entspricht dem Profil.
check-apply = Weiter: mailsetup apply { $profile } schreibt sie neu.
check-older-call = { $file } fragt nach dem Passwort, ohne den Server zu nennen. Das funktioniert weiterhin; mailsetup export { $target } --profile { $profile } schreibt es neu
check-unsaved = Das Ergebnis wurde nicht behalten: { $why }
detect-no-address = „{ $typed }“ ist keine Adresse.
detect-unknown = { $address }  kein Preset kennt diese Domain. Nehmen Sie --provider custom mit --host.
explain-nothing = Nichts zu erklären: Fügen Sie die Antwort hinter „mailsetup explain“ ein, oder leiten Sie sie per Pipe hinein.
explain-file = { $file } lässt sich nicht lesen: { $cause }
explain-journal = Das Journal lässt sich nicht lesen: { $cause }
explain-journal-hint = Wo Mail in eine Datei protokolliert wird: mailsetup explain -f /var/log/mail.log
explain-since = „{ $typed }“ ist keine Zeit. Schreiben Sie 90min, 2h, 3d, today, yesterday, 2026-11-30 oder "2026-11-30 03:00".
explain-since-no-log = --since braucht ein Protokoll, dessen Zeilen mit einer Zeit beginnen. Ohne die Option wird dieser Text erklärt.
explain-long = Der Text ist länger als 4 MiB: Was dahinter kommt, wird nicht gelesen. Von einem Protokoll wird jede Zeile gelesen.
explain-no-text = Das ist kein Text, sondern { $kind }.
explain-no-text-unpack = Entpacken Sie es zuerst: { $command }
explain-no-text-type = Tippen oder kopieren Sie den Text, den es zeigt.
log-read = { $lines ->
    [one] { $lines } Zeile gelesen.
   *[other] { $lines } Zeilen gelesen.
}
log-cut = { $lines ->
    [one] { $lines } Eintrag ist länger als { $size } KiB: Nur sein Anfang wurde gelesen.
   *[other] { $lines } Einträge sind länger als { $size } KiB: Nur ihre Anfänge wurden gelesen.
}
log-group = { $count } × { $title }
log-from-to = Von { $first } bis { $last }
log-at = Um { $time }
log-messages = Nachrichten, die letzten: { $names }
log-recipients = Empfänger, die letzten: { $names }
log-strangers = Vom Mailserver dieser Maschine abgewiesen. Da ist nichts zu beheben, außer jemand davon gehört zu Ihnen:
explain-line-object = Zeile { $line }: Erwartet wird ein JSON-Objekt, etwa { $example }
explain-line-field = Zeile { $line }: { $field }: { $why }
explain-line-text = Hier muss ein Text stehen
explain-line-missing = Das fehlt
explain-line-near = Mit „{ $typed }“ ist wohl { $near } gemeint.

arrival-paste = Fügen Sie die Kopfzeilen der Nachricht ein und drücken Sie dann in einer leeren Zeile Strg+D.
arrival-unreadable = Die Nachricht { $file } kann nicht gelesen werden: { $cause }
arrival-no-message = Das sind keine Kopfzeilen einer Nachricht.
arrival-no-message-hint = Speichern Sie die Nachricht als .eml, oder kopieren Sie alle Kopfzeilen: in Gmail „Original anzeigen“, in Outlook „Nachrichtenquelle anzeigen“.
arrival-passed = Was der Empfänger geprüft hat, stimmt für { $domain }
arrival-junk = Ein Filter hielt diese Nachricht für Spam
arrival-failing = Für den Empfänger ist nicht erwiesen, dass diese Nachricht von { $domain } ist
arrival-unsaid = Der Empfänger sagt nicht, ob diese Nachricht von { $domain } ist
arrival-label-receiver = Empfänger
arrival-label-envelope = Umschlag
arrival-label-tls = Letzter Abschnitt
arrival-label-spam = Filter
arrival-label-way = Weg
arrival-label-unbelieved = Nicht geglaubt
arrival-not-said = keine Angabe
arrival-aligned-strict = die Domain von From
arrival-aligned-relaxed = passt zur Domain von From
arrival-aligned-none = andere Domain als From
arrival-selector = Selektor { $selector }
arrival-policy = Richtlinie { $policy }
arrival-tls-version = TLS { $version }
arrival-tls-some = verschlüsselt
arrival-tls-none = unverschlüsselt
arrival-spam-yes = Spam
arrival-spam-no = kein Spam
arrival-hop = { $from } an { $by }
arrival-after = nach { $seconds } s
arrival-sender-says = sagt der Absender
arrival-do = Was zu tun ist:
arrival-do-spam = { $filter } hielt sie für Spam. Schreiben Sie wie ein Mensch, nicht „Test“; markieren Sie die Nachricht als „kein Spam“, lassen Sie SPF, DKIM und DMARC bestehen, und versuchen Sie es noch einmal. Einmal ist kein Urteil über die Domain.
arrival-do-silent = { $receiver } sagt nichts über SPF, DKIM und DMARC, wie bei Post innerhalb eines Anbieters. Senden Sie eine Nachricht an ein Postfach bei einem anderen Anbieter (Gmail, Outlook.com und iCloud sagen es), und lesen Sie diese.
arrival-do-unsaid = Was dieser Empfänger sagt, reicht nicht aus. Senden Sie eine Nachricht an ein Postfach bei einem anderen Anbieter (Gmail, Outlook.com und iCloud sagen alles drei), und lesen Sie diese.
arrival-do-spf-none = { $domain } hat keinen SPF-Eintrag. Legen Sie an: { $domain }. TXT "v=spf1 { $term } ~all". Bei einem Relay steht dessen include: anstelle von { $term }.
arrival-do-spf-fail = Der SPF-Eintrag von { $domain } erlaubt den Server nicht, der dies gesendet hat. Ergänzen Sie { $term } oder, bei einem Relay, dessen include:. Es darf nur einen Eintrag geben.
arrival-do-spf-error = Der SPF-Eintrag von { $domain } ist falsch. Suchen Sie nach einem zweiten Eintrag, einem Schreibfehler und mehr als 10 Abfragen.
arrival-do-dns = Der Empfänger konnte die Einträge von { $domain } nicht abfragen. Senden Sie später noch einmal; bleibt es so, fragen Sie den Betreiber der Nameserver.
arrival-do-dkim-none = Die Nachricht ist nicht signiert. Schalten Sie DKIM für { $domain } beim Relay ein, oder signieren Sie hier mit OpenDKIM oder Rspamd, und legen Sie den Eintrag an, den es nennt (NAME._domainkey.{ $domain }).
arrival-do-dkim-fail = Die DKIM-Signatur von { $domain } gilt nicht. Vergleichen Sie den Eintrag { $selector }._domainkey.{ $domain } mit dem Schlüssel des Unterzeichners; stimmen sie überein, ändert etwas die Nachricht nach dem Signieren (eine Fußzeile, ein Filter).
arrival-do-unaligned = Was besteht, ist nicht die Domain von From ({ $others }). Lassen Sie das Relay als { $domain } signieren („Domain-Authentifizierung“), oder nehmen Sie einen Umschlagabsender unter { $domain }.
arrival-do-strict = DMARC verlangt genau die Domain von From: Im Eintrag _dmarc.{ $domain } steht adkim=s oder aspf=s. Signieren Sie mit d={ $domain }, oder nehmen Sie diese Wörter aus dem Eintrag.
arrival-do-dmarc = { $domain } hat keinen DMARC-Eintrag. Legen Sie an: _dmarc.{ $domain }. TXT "v=DMARC1; p=none"
arrival-do-tls = Der letzte Abschnitt war unverschlüsselt. Lassen Sie den zustellenden Server TLS benutzen (Postfix: smtp_tls_security_level = may).
arrival-do-late = Die Nachricht wartete { $seconds } s, bis { $server } sie annahm. Sehen Sie im Protokoll des Servers davor nach: Greylisting, eine Warteschlange oder eine falsche Uhr.
scope-other = Aus roots eigenem Bereich: { $path } (--scope user)
scope-both = Auch roots eigener Bereich hat eines, in { $path }: --scope user
scope-written = Das gilt für das ganze System, in { $path }. Nur für root: --scope user
list-empty = Es gibt noch kein Profil. Starten Sie mailsetup, um eines anzulegen.
list-checked = { $result }, { $when }
list-unchecked = nicht getestet
list-disabled = entfernt
remove-done = Was für Profil { $profile } geschrieben wurde, ist zurückgenommen. „mailsetup undo“ holt es wieder.
purge-done = Profile, von denen nichts mehr aufgehoben ist: { $count }
remove-others = Das Profil { $profile } sendet über dasselbe Mailprogramm und braucht, was entfernt wurde: Führen Sie mailsetup apply { $profile } aus.
remove-left = Für „mailsetup undo“ bleiben Kopien mit dem Passwort in { $path } und in seinem Speicher. „mailsetup purge“ entfernt sie
remove-already = Was für Profil { $profile } geschrieben wurde, ist schon zurückgenommen: nichts geändert.
remove-absent = Es gibt kein Profil { $profile }: nichts zu entfernen
undo-done = Der Schreibvorgang vom { $when } für Profil { $profile } ist rückgängig gemacht.
undo-put-back = Dieser Lauf ist zurückgenommen. Der Schreibvorgang davor bleibt; soll auch er zurückgenommen werden, rufen Sie mailsetup undo noch einmal auf.
secret-disabled = Profil { $profile } wurde entfernt.
secret-disabled-hint = „mailsetup edit { $profile }“ richtet es wieder ein.
secret-none = Profil { $profile } meldet sich nicht an, also hat es kein Passwort.
nothing-found = „{ $query }“ passt auf nichts.
demo-failed = Der Demo-Server kann nicht starten: { $cause }
demo-folder = Die Demo hat alles nach { $folder } geschrieben. Löschen Sie das Verzeichnis, wenn Sie fertig sind.
demo-arrived = Angekommen für { $to }: „{ $subject }“, von { $from }

## Plan: warum nichts geschrieben wird, und was zu wissen ist

plan-unknown-target = Es gibt kein Ziel „{ $typed }“.
plan-scope-user = { $target } wird nur für das ganze System eingerichtet: Starten Sie mailsetup als root, oder ergänzen Sie --scope system.
plan-scope-system = { $target } wird nur für einen Benutzer eingerichtet: Geben Sie die Datei mit --target { $target }=PFAD an, oder ergänzen Sie --scope user.
plan-security = { $target } kann nicht mit der Verschlüsselung „{ $security }“ senden.
plan-auth = { $target } kann sich nicht mit { $auth } anmelden; nehmen Sie auto oder ein anderes Verfahren.
plan-token-stale = { $target } behält ein Zugriffstoken in seiner Datei und erneuert es nicht: Nach einer Stunde ginge nichts mehr hinaus.
plan-token-passwords-only = { $target } meldet sich nur mit Passwörtern an; { $auth } kennt es nicht.
plan-token-too-long = { $target } schickt das Token gleich mit dem Befehl AUTH, wo bei { $auth } Platz für etwa 300 Zeichen ist; dieses ist länger, und der Server würde es falsch nennen.
plan-token-lacks = { $target } kennt { $auth } ab { $part }; das ist hier nicht installiert.
plan-token-others-renew = { $target } läuft hier als { $users } und darf das Zugriffstoken, das root verwahrt, lesen, aber nicht erneuern: Nach einer Stunde ginge nichts mehr hinaus.
plan-hint-token-others-renew = Lassen Sie --run-as weg, dann senden Programme von root. Oder geben Sie dem Relay Token aus einem eigenen Befehl (--target msmtp --target msmtpd --store command, ohne --oauth-grant) und schreiben Sie das Programm dafür: --through msmtpd.
plan-hint-token = Wählen Sie ein Ziel, das jedes Mal ein frisches Token holt: { $instead }. Oder richten Sie einmal ein Relay auf dieser Maschine ein (--target msmtp --target msmtpd) und schreiben Sie dieses Programm dafür: --through msmtpd.
plan-hint-token-long = Wählen Sie --auth xoauth2 und ein Ziel, das auch lange Token sendet: { $instead }.
plan-ca-file = { $target } kann keiner eigenen Zertifizierungsstelle vertrauen: Nehmen Sie die CA in die Zertifikate des Systems auf und lassen Sie --ca-file weg.
plan-proxy = { $target } kann keinen Proxy der Art { $kind } benutzen: Wo er der einzige Weg hinaus ist, bleiben die E-Mails hier.
plan-hint-proxy = Wählen Sie ein Ziel, das es kann: { $instead }. Um dieses trotzdem zu schreiben: --proxy none, mit --force, wo der Test nicht gelingen kann.
plan-hint-proxy-none = Kein Ziel kann das. Um dieses trotzdem zu schreiben: --proxy none, mit --force, wo der Test nicht gelingen kann.
choice-target-no-proxy = Es kann diesen Proxy nicht benutzen.
plan-client-cert = { $target } kann kein Client-Zertifikat vorzeigen. msmtp, Postfix und Exim können es: Schreiben Sie eines davon und lassen Sie { $target } darüber senden.
plan-client-cert-files = { $target } liest Client-Zertifikat und Schlüssel aus einer einzigen Datei. Legen Sie sie an (cat ZERT SCHLÜSSEL > DATEI; chmod 600 DATEI), und geben Sie sie mit --client-cert und --client-key an.
plan-pin = { $target } kann keinem einzelnen Zertifikat vertrauen; geben Sie mit --ca-file das Zertifikat der CA an, oder nehmen Sie ein anderes Ziel.
plan-needs-user = { $target } läuft als eigener Benutzer, nicht als root: Nennen Sie ihn mit --run-as.
plan-hint-needs-user = Legen Sie einen an, der sonst nichts tut: adduser --system --group mailrelay, dann --run-as mailrelay.
plan-no-secret = { $target } braucht das Passwort in seiner Datei, und es ist hier nicht bekannt: Geben Sie es an, zum Beispiel mit --password-file.
plan-lost = { $target } würde aus { $path } etwas anderes lesen als gemeint: { $fields }. Es wurde nichts geschrieben.
plan-hint-lost = Eine andere Zeile von { $path } entscheidet darüber; suchen Sie dort nach einer früheren oder geerbten Einstellung.
plan-foreign = { $path } ist schon da und stammt nicht von mailsetup: Verschieben Sie die Datei, oder nehmen Sie einen anderen Pfad.
plan-not-installed = { $path } fehlt: Installieren Sie zuerst { $target }.
plan-unreadable = { $path } kann nicht gelesen werden: { $cause }
plan-same-path = { $first } und { $second } würden beide nach { $path } geschrieben: Geben Sie für eines davon einen anderen Pfad an.
plan-newer-schema = { $path } stammt von einem neueren mailsetup (Schema { $schema }) und bleibt unverändert. Aktualisieren Sie mailsetup.
plan-template = Das Preset von { $target } enthält einen Fehler: { $cause }

plan-unfit-line-break = { $target } kann { $field ->
    [password] dieses Passwort
    [username] diesen Anmeldenamen
   *[other] diesen Wert ({ $field })
  } nicht aufnehmen: Es ist ein Zeilenumbruch darin.
plan-unfit-control = { $target } kann { $field ->
    [password] dieses Passwort
    [username] diesen Anmeldenamen
   *[other] diesen Wert ({ $field })
  } nicht aufnehmen: Es ist das Steuerzeichen { $character } darin.
plan-unfit-characters = { $target } kann { $field ->
    [password] dieses Passwort
    [username] diesen Anmeldenamen
   *[other] diesen Wert ({ $field })
  } nicht aufnehmen: { $characters } lässt sich dort nicht so schreiben, dass es jeder Leser versteht.
plan-unfit-edge-blank = { $target } kann { $field ->
    [password] dieses Passwort
    [username] diesen Anmeldenamen
   *[other] diesen Wert ({ $field })
  } nicht aufnehmen: Ein Leerzeichen am Ende ginge verloren.
plan-unfit-too-long = { $target } kann { $field ->
    [password] dieses Passwort
    [username] diesen Anmeldenamen
   *[other] diesen Wert ({ $field })
  } nicht aufnehmen: Es passen höchstens { $limit } Bytes hinein.

plan-fault-not-utf8 = { $path } ist kein UTF-8-Text: Zeile { $line }.
plan-fault-open-quote = { $path }, Zeile { $line }: Ein Anführungszeichen wird geöffnet und nie geschlossen.
plan-fault-no-equals = { $path }, Zeile { $line }: eine Einstellung ohne „=“.
plan-fault-stray = { $path }, Zeile { $line }: Die Zeile beginnt mit einem Leerzeichen, aber davor steht keine, die sie fortsetzen könnte.
plan-fault-long-line = { $path }, Zeile { $line }: Die Zeile ist länger, als ihr Programm liest.
plan-fault-account-twice = { $path }, Zeile { $line }: Ein Konto dieses Namens gibt es schon.
plan-fault-account-unknown = { $path }, Zeile { $line }: Das Konto, auf das sie verweist, ist darüber nicht definiert.
plan-fault-block-open = { $path }, Zeile { $line }: Zu „BEGIN mailsetup“ fehlt „END mailsetup“.
plan-fault-block-close = { $path }, Zeile { $line }: Zu „END mailsetup“ fehlt „BEGIN mailsetup“.
plan-fault-block-twice = { $path }, Zeile { $line }: Der Block von mailsetup kommt zweimal vor.
plan-fault-crlf = { $path }, Zeile { $line }: Windows-Zeilenenden, die ihr Programm nicht versteht.

plan-hint-nearest = Meinten Sie { $nearest }?
plan-hint-targets = „mailsetup targets“ zeigt, was es gibt.
plan-hint-not-following = Nichts wird geändert, bis der neue Benutzer jede Datei lesen kann.
plan-hint-shared-group = --run-as-group { $group } legt eine Gruppe für sie an, die allein liest, was sie brauchen.
plan-hint-one-login = { $target } hat Platz für eine Anmeldung und behält sie. Ein Mailprogramm mit Platz für mehrere, jede nach ihrem Absender: { $instead } oder msmtp. Um dieses Profil an die Stelle des anderen zu setzen: --take-over.
plan-hint-no-user = Ein Benutzer aus einem Verzeichnis (Active Directory, LDAP) wird gefunden, wo „getent passwd { $user }“ ihn findet.
plan-same-sender = Profil { $profile } sendet schon als { $sender } über { $target }, das Profile nur am Absender unterscheidet, ohne auf Groß- und Kleinschreibung zu achten.
plan-hint-same-sender = Geben Sie diesem Profil eine andere Adresse, oder ändern Sie das andere: mailsetup edit { $profile }.
plan-hint-take-over = Mit --target NAME=PFAD eine andere Datei wählen oder diese mit --take-over übernehmen.
plan-hint-instead = Das Ziel { $instead } kann das.
plan-hint-password = Legen Sie ein anderes Passwort an, oder nehmen Sie ein anderes Ziel.
plan-hint-mend = Die Datei bleibt unverändert; berichtigen Sie diese Zeile und versuchen Sie es noch einmal.

plan-note-default-taken = { $path } hat schon ein Standardkonto, und das bleibt. Um über das neue zu senden, nennen Sie es: -a { $account }
plan-note-closed = { $path }: Andere konnten sie lesen ({ $before }); mit dem Passwort darin können sie es nicht mehr ({ $after }). Läuft { $target } als anderer Benutzer, nennen Sie ihn mit --run-as, oder geben Sie die Datei seiner Gruppe.
plan-note-group-made = Die Gruppe { $group } wird für { $users } angelegt: Wer darin ist, kann das Passwort lesen. Ein Dienst, der schon läuft, bekommt sie beim nächsten Start; undo lässt sie stehen.
plan-note-group-joined = { $users } kommen in die Gruppe { $group } und können dann das Passwort lesen. Ein Dienst, der schon läuft, bekommt sie beim nächsten Start.
plan-note-group-others = { $users }: auch in der Gruppe { $group } und kann das Passwort lesen. Nehmen Sie einen nach dem anderen heraus ({ $command }), oder geben Sie denen, die senden, eine neue Gruppe: --run-as-group. Ändern Sie dann das Passwort.
plan-note-orphaned = { $path } ({ $target }) ist weg oder führt inzwischen woandershin: Die Datei bleibt, wie sie ist. „mailsetup apply { $profile }“ schreibt sie neu; „mailsetup edit { $profile } --target …“ nennt die, die bleiben sollen
plan-note-program-closed = { $target } ruft { $path } auf, um das Passwort zu bekommen, und { $user } kann das nicht: { $folder } ist für diesen Benutzer zu. Installieren Sie mailsetup dort, wo alle es ausführen können, etwa in /usr/local/bin, und nennen Sie es mit --secret-command-path.
plan-note-program-foreign = { $target } ruft bei jedem Senden { $path } auf, um das Passwort zu bekommen, und { $folder } gehört { $owner }: Von dort kann ein anderes Programm kommen. Installieren Sie mailsetup dort, wo nur root schreiben kann, etwa in /usr/local/bin, und nennen Sie es mit --secret-command-path.
plan-note-program-open = { $target } ruft bei jedem Senden { $path } auf, um das Passwort zu bekommen, und in { $folder } können alle schreiben: Bis dahin kann es fort sein oder ein anderes Programm. Installieren Sie mailsetup dort, wo nur root schreiben kann, etwa in /usr/local/bin, und nennen Sie es mit --secret-command-path.
plan-note-program-build = { $target } ruft bei jedem Senden { $path } auf, um das Passwort zu bekommen, und { $folder } ist ein Build-Ordner: Wird er geleert, geht keine E-Mail mehr hinaus. Installieren Sie mailsetup, etwa in /usr/local/bin, und nennen Sie es mit --secret-command-path.
## Der Assistent auf dem ganzen Bildschirm

tui-step-sender = Absender
tui-step-provider = Anbieter
tui-step-server = Server
tui-step-password = Passwort
tui-step-test = Test
tui-step-write = Schreiben
tui-page-sender = Von wem kommen die E-Mails?
tui-page-provider = Wer ist Ihr E-Mail-Anbieter?
tui-page-server = Über welchen Server wird gesendet?
tui-page-password = Wie meldet sich diese Maschine an?
tui-page-test = Wie weit soll der Live-Test gehen?
tui-page-write = Was soll diese Einstellungen benutzen?
tui-too-small = Machen Sie dieses Fenster mindestens { $columns }×{ $rows } groß.
tui-filter = tippen, um zu suchen
tui-filter-none = Nichts passt. Die Rücktaste nimmt die Suche zurück.
tui-pasted-break = Vom Eingefügten wurde nur die erste Zeile genommen.
tui-first = Das ist die erste Frage. Strg-C beendet; es wurde nichts geschrieben.
tui-probe = Verbindung
tui-probe-running = Verbindung zu { $server } …
tui-probe-secured = { $server } antwortet, TLS { $found }
tui-probe-answers = { $server } antwortet
tui-probe-failed = { $server }: { $title } (F6 zeigt mehr)
tui-live-test = Live-Test
tui-guess = Das ist die wahrscheinlichste Ursache, aber nicht sicher.
tui-offer = Enter: { $label }
tui-offer-trust = Taste c: { $label }. Vorher vergleichen: { $certificate }
tui-arrived = Angekommen:
tui-more-advice = Es gibt mehr zu wissen: F3.
tui-planning = Es wird ermittelt, was zu schreiben ist …
tui-writing = Wird geschrieben …
tui-proving = Mit den geschriebenen Einstellungen geht eine Nachricht hinaus
tui-dry-run = Ein Probelauf: Es wurde nichts geschrieben. Geschrieben würde dies:
tui-answers = Alle Antworten
tui-review-nothing = Alles ist schon, wie es sein soll: Keine Datei ändert sich.
tui-domain-asking = Die DNS-Einträge von { $domain } werden nachgesehen …
tui-domain-lacks = { $domain } fehlen Einträge im DNS: siehe Ende dieser Seite.
tui-domain-fine = Die DNS-Einträge von { $domain } passen zu diesem Anbieter.
tui-domain-open = Ob die DNS-Einträge von { $domain } passen, ist nicht bekannt: siehe Ende dieser Seite.
tui-domain-title = { $domain } im DNS
tui-review-new = neu
tui-review-changed = geändert
tui-review-removed = entfernt
tui-review-keep = Das Passwort kommt in: { $store }
tui-review-runs = Danach laufen diese Befehle:
tui-transcript = Was gesprochen wurde, ohne Geheimnisse
tui-link-no-room = Für den QR-Code ist hier kein Platz. Machen Sie das Fenster größer, oder kopieren Sie den Link.
tui-menu = Ausprobieren, was passiert, wenn …
tui-help-keys = Tasten
tui-help-edit = In einer Zeile: Pos1, Ende, Strg-Links und Strg-Rechts bewegen, Strg-W löscht ein Wort, Strg-U alles, Strg-K den Rest.
key-name-ctrl = Strg
key-name-space = Leertaste
key-name-backtab = Umschalt-Tab
key-name-page-up = Bild↑
key-name-page-down = Bild↓
key-name-enter = Enter
key-name-esc = Esc
key-name-home = Pos1
key-name-end = Ende
key-name-up = ↑
key-name-down = ↓
key-name-left = ←
key-name-right = →

key-next = weiter
key-write = schreiben
key-finish = beenden
key-primary = weiter
key-fix = Lösung anwenden
key-trust = Zertifikat vertrauen
key-retry = erneut testen
key-password = neues Passwort
key-transcript = Protokoll
key-report = Bericht speichern
key-edit = ändern
key-force = trotzdem schreiben
key-field = Feld
key-field-back = Feld davor
key-stop = anhalten
key-back = zurück
key-help = Hilfe
key-link = QR-Code
key-menu = Störung
key-answers = Antworten
key-probe = Verbindung
key-toggle = wählen
key-choose = wählen
key-close = schließen
key-up = hoch
key-down = runter
key-left = das davor
key-right = das danach
key-scroll-up = hoch blättern
key-scroll-down = runter blättern
key-page-up = Seite hoch
key-page-down = Seite runter
key-top = zum Anfang
key-bottom = zum Ende
key-clear = Zeile leeren
key-leave = beenden
key-suspend = zur Shell, zurück mit fg
key-redraw = Bildschirm neu zeichnen
## Ergebnisse in Worten

render-ms = { $number } ms
render-s = { $number } s
render-decimal-point = ,
render-security-tls = implizites TLS
render-security-starttls = STARTTLS
render-security-none = keine Verschlüsselung
render-source-flag = Option
render-source-env = Umgebung
render-source-file = Antwortdatei
render-source-profile = Profil
render-source-fix = Lösung
render-source-preset = Preset
render-source-default = Vorgabe
render-stage-dns = DNS
render-stage-connect = Verbindung
render-stage-greeting = Begrüßung
render-stage-ehlo = EHLO
render-stage-capability = Fähigkeiten
render-stage-starttls = STARTTLS
render-stage-tls = TLS
render-stage-auth = Anmeldung
render-stage-mailbox = Postfach
render-stage-mail = Absender
render-stage-rcpt = Empfänger
render-stage-data = Nachricht
render-stage-arrival = Ankunft
render-left-to-proxy = der Proxy löst den Namen auf
render-by-proxy = über { $proxy }
render-connected = { $family }, { $address }
render-connected-after = { $family }, { $address }, nach { $failed ->
    [one] { $failed } Fehlversuch
   *[other] { $failed } Fehlversuchen
}
render-helo = kennt nur HELO: nichts wird angeboten
render-no-auth = kein AUTH
render-size = SIZE { $size }
render-secured = { $version }, ausgestellt von { $issuer }, gültig bis { $until }
render-pinned = { $version }, das gepinnte Zertifikat
render-logged-in = { $mechanism }
render-sighted-inbox = im Posteingang nach { $time }
render-sighted-junk = im Spam ({ $mailbox }) nach { $time }
render-sighted-elsewhere = in { $mailbox } nach { $time }
render-sighted-bounced = zurückgekommen nach { $time }
render-sighted-not-yet = in { $time } nicht gesehen
render-fault-tls = TLS: { $words }
render-fault-local = Diese Maschine: { $words }
render-fault-not-smtp = Das ist kein Mailserver: „{ $words }“
render-fault-not-imap = Das ist kein IMAP-Server: „{ $words }“
render-fault-landed-in-spam = Sie liegt im Spam.
render-fault-landed-elsewhere = Sie liegt in einem anderen Ordner.
render-fault-unaligned = Nichts bürgt für die Domain des Absenders.
render-fault-not-arrived = Sie ist noch nicht zu sehen.
render-fault-bounced = Sie kam zurück.
render-fault-arrived-late = Sie hat lange gebraucht.
render-fault-no-verdict = Der Empfänger sagt nicht, ob er dem Absender glaubt.
render-fault-dns-not-found = Diesen Namen gibt es nicht.
render-fault-dns-no-address = Dieser Name hat keine Adresse.
render-fault-dns-unavailable = Der Nameserver antwortet nicht.
render-fault-refused = Verbindung abgelehnt.
render-fault-connect-timed-out = Keine Antwort innerhalb der Frist.
render-fault-unreachable = Aus diesem Netz nicht erreichbar.
render-fault-connect = Verbindung nicht möglich.
render-fault-timed-out = Keine Antwort innerhalb der Frist.
render-fault-closed = Der Server hat die Verbindung geschlossen.
render-fault-io = Die Verbindung ist abgebrochen.
render-fault-not-tls = Was ankam, ist kein TLS.
render-fault-cert-expired = Das Zertifikat ist abgelaufen.
render-fault-cert-not-yet-valid = Das Zertifikat ist noch nicht gültig.
render-fault-cert-self-signed = Das Zertifikat ist selbstsigniert.
render-fault-cert-unknown-issuer = Diese Maschine vertraut dem Aussteller des Zertifikats nicht.
render-fault-cert-wrong-name = Das Zertifikat gilt für einen anderen Namen.
render-fault-cert-wrong-pin = Das Zertifikat ist nicht das gepinnte.
render-fault-cert-unsupported = Die Form des Zertifikats wird nicht akzeptiert.
render-fault-no-starttls = Der Server bietet kein STARTTLS an.
render-fault-injected = Der Server hat geantwortet, bevor er gefragt wurde: abgebrochen.
render-fault-unproven = Der Server hat nicht bewiesen, dass er das Passwort kennt: abgebrochen.
render-fault-proxy-unreachable = Der Proxy ist nicht zu erreichen:
render-fault-proxy-login = Der Proxy verlangt ein Login:
render-fault-proxy-forbidden = Der Proxy lässt das nicht durch:
render-fault-proxy-onward = Der Proxy erreicht den Server nicht:
render-fault-proxy-garbled = Das ist kein solcher Proxy:
render-fault-client-cert-wanted = Der Server verlangt ein Client-Zertifikat.
render-fault-client-cert-refused = Der Server nimmt das Client-Zertifikat nicht an.
render-fault-no-auth = Der Server bietet hier keine Anmeldung an.
render-fault-no-common-mechanism = Der Server bietet kein passendes Anmeldeverfahren an.
render-fault-too-long = Die Antwort des Servers nimmt kein Ende.
render-fault-no-smtputf8 = Der Server nimmt keine Adressen mit solchen Buchstaben an.
render-fault-cancelled = Angehalten.
render-success-sent = Der Server hat die Nachricht für { $to } angenommen.
render-success-rehearsed = Der Server akzeptiert Absender und Empfänger.
render-success-login = Der Server akzeptiert die Anmeldung.
render-success-connect = Der Server antwortet.
render-cost = { $time }, { $trips ->
    [one] { $trips } Roundtrip
   *[other] { $trips } Roundtrips
}.
render-written = Fertig. Diese Maschine kann E-Mails senden.
render-written-no-sendmail = Geschrieben, aber cron und andere Programme können noch nicht senden.
render-written-unsent = Fertig. Die Einstellungen sind geschrieben; eine Testnachricht ging nicht hinaus.
render-unproven = Geschrieben, aber damit ließ sich keine Nachricht senden.
render-unseen = Geschrieben. Jede Nachricht wurde angenommen, aber nichts zeigt, dass alle diese Maschine verlassen haben: Sehen Sie in Warteschlange und Log des Mailprogramms nach.
render-unchanged = Fertig. Alles war schon, wie es sein soll.
render-image = Fertig. Die Einstellungen sind im Image { $root }. Erst sein erster Start kann zeigen, dass es sendet: Rufen Sie dort „mailsetup check --send“ auf.
render-image-unchanged = Fertig. Im Image { $root } war alles schon, wie es sein soll. Erst sein erster Start kann zeigen, dass es sendet.
render-prepared = Geschrieben, aber nicht bewiesen: Nichts wurde getestet. Rufen Sie „mailsetup check --send“ auf, sobald die Maschine alles hat, was sie braucht.
render-file-created = neu
render-file-changed = geändert
render-file-removed = entfernt
render-file-unchanged = unverändert
render-backup = vorher: { $path }
render-proof-sent = { $target }: von { $reader } zurückgelesen, und mailsetup hat mit dem Geschriebenen eine Nachricht an { $to } gesendet ({ $time })
render-proof-failed = { $target }: geschrieben, aber das Senden damit scheiterte bei: { $stage }
render-proof-read = { $target }: mailsetup hat seine eigenen Zeilen zurückgelesen; kein anderes Programm hat sie bisher gelesen
render-proof-program = { $target }: { $reader } selbst liest die Einstellungen so, wie sie geschrieben wurden; gesendet wurde nichts
render-proof-parser = { $target }: { $reader }, das nicht zu mailsetup gehört, liest die Einstellungen so, wie sie geschrieben wurden; gesendet wurde nichts
proof-reader-differs = { $reader } liest die Einstellungen von { $target } anders, als sie geschrieben wurden: Es sagt nicht „{ $line }“.
render-try = Selbst ausprobieren:
render-equivalent = Dasselbe ohne Fragen:

## Diagnose
diagnosis-install = { $name }: { $command }
diagnosis-the-provider = der Anbieter
diagnosis-the-server = der Server
diagnosis-this-sender = dieser Absender
diagnosis-fix-no-login = Ohne Anmeldung senden
diagnosis-mode-tls = implizites TLS
diagnosis-mode-starttls = STARTTLS
diagnosis-mode-none = keine Verschlüsselung
diagnosis-fine-title = Kein Fehler in diesem Text
diagnosis-fine-meaning = Alles, was mailsetup davon versteht, handelt von Mail, die gut hinausging.
diagnosis-fine-step = Fehlt trotzdem Mail, geben Sie die Zeilen um die Sendezeit ein oder die Nachricht, die zurückkam
diagnosis-challenge-title = Der Server fragt nach „{ $asked }“: Die Anmeldung geht weiter
diagnosis-challenge-meaning = 334 ist kein Fehler: So fragt AUTH LOGIN, in Base64. Ob die Anmeldung gelingt, steht in der Antwort danach.
diagnosis-challenge-step = Geben Sie auch die Zeilen danach ein, bis zu der Antwort, die mit 2, 4 oder 5 beginnt
diagnosis-queue-title = Eine Liste wartender Nachrichten, die nicht sagt, warum sie warten
diagnosis-queue-meaning = Die Liste von Exim nennt nur die Nachrichten. Jede hat ihr eigenes Protokoll mit dem, was der Server gesagt hat.
diagnosis-queue-step = Sehen Sie nach, was zu einer gesagt wurde: { $command }
diagnosis-unknown-title = mailsetup kennt die Ursache nicht
diagnosis-unknown-meaning = Nichts in diesem Text ist eine Antwort oder ein Fehler, den mailsetup erkennt.
diagnosis-unknown-empty = Es gibt keinen Text zu erklären.
diagnosis-unknown-temporary = Code { $code } liegt zwischen 400 und 499: Der Server lehnt vorerst ab, und derselbe Versuch kann später gelingen (RFC 5321).
diagnosis-unknown-permanent = Code { $code } liegt zwischen 500 und 599: Der Server lehnt endgültig ab, und derselbe Versuch scheitert wieder, solange sich nichts ändert (RFC 5321).
diagnosis-unknown-step-words = Lesen Sie im Protokoll, was der Server selbst sagt: Oft nennt er, was fehlt.
diagnosis-unknown-step-provider = Suchen Sie diese Worte in der Dokumentation Ihres Anbieters, oder schicken Sie sie mit Datum und Uhrzeit an seinen Support.
diagnosis-local-title = Eine Datei auf dieser Maschine ist nicht zu gebrauchen
diagnosis-local-meaning = Der Server wurde gar nicht gefragt: { $words }
diagnosis-local-step-path = Prüfen Sie den Pfad der CA-Datei und ob Sie sie lesen dürfen
diagnosis-local-step-pem = Nötig ist eine PEM-Datei mit dem Zertifikat der Zertifizierungsstelle: -----BEGIN CERTIFICATE-----

render-link = Seite: { $url }
render-plan-unchanged = bleibt, wie es ist:
render-plan-created = wird angelegt:
render-plan-removed = wird entfernt:
render-plan-changed = ändert sich:

## Ausgehende Ports: welche antworten

egress-other-title = Port { $port } von { $host } antwortet nicht; Port { $open } ist offen
egress-other-network-title = Das Netz dieser Maschine sperrt Port { $port }; Port { $open } ist offen
egress-other-network = { $second } antwortet auf Port { $port } auch nicht, also liegt es nicht am Server.
egress-other-server = { $second } antwortet von hier aus auf Port { $port }, das Netz dieser Maschine lässt ihn also durch: { $host } hält ihn geschlossen.
egress-other-either = Etwas zwischen dieser Maschine und { $host } verschluckt, was an Port { $port } geht: eine Firewall hier, beim Hoster oder am Server.
egress-network-title = Das Netz dieser Maschine sperrt Port { $port }
egress-network = { $second } antwortet auf Port { $port } auch nicht, auf Port { $open } aber schon. Der gewählte Server antwortet auf keinem anderen Port.
egress-server-title = { $host } antwortet auf keinem Mailport
egress-server = { $second } antwortet von hier aus, das Netz dieser Maschine ist also in Ordnung: Der Server ist ausgefallen, oder es ist ein anderer Host.
egress-server-there = { $second } antwortet von hier aus, das Netz dieser Maschine ist also in Ordnung. { $host } ist da, nimmt aber keine E-Mails an: Es ist ein anderer Host, oder sein Maildienst ist ausgefallen.
egress-nothing-title = Von hier aus antwortet kein Mailserver
egress-nothing = Weder { $host } noch { $second } antwortet auf einem Mailport: Diese Maschine hat kein Netz, oder ihr Netz sperrt alle.
egress-alone = Von den anderen Ports von { $host }, die probiert wurden, ist keiner offen: { $ports }.
egress-fix = Port { $open } mit { $mode } verwenden
egress-step-fix = { $fix }: Er ist offen
egress-step-server-firewall = Ist es Ihr Server? Prüfen Sie seine Firewall für Port { $port }, und ob sein Maildienst dort lauscht
egress-step-other-server = Nehmen Sie einen Server oder ein Relay, das E-Mails auf Port { $open } annimmt
egress-step-host = Vergleichen Sie { $host } mit der Seite des Anbieters zu den E-Mail-Einstellungen
egress-step-status = Stimmt der Name, sehen Sie auf der Statusseite des Anbieters nach, oder starten Sie den Maildienst des Servers
egress-step-network = Prüfen Sie das Netz dieser Maschine: ip route, dann curl -I https://example.com
egress-step-hoster = Diese Maschine steht bei { $hoster }; dort ist zunächst gesperrt: { $ports }. Der Hoster { $way }
egress-step-hosters = Bitten Sie den Hoster, Port { $port } zu öffnen; bekannt dafür, ihn zu sperren: { $hosters }
egress-step-firewall = Prüfen Sie die Firewall dieser Maschine für ausgehende Verbindungen und die Sicherheitsgruppe der Cloud
host-taken = { $path } ist schon da, ebenso die Namen, die darauf folgen würden
host-taken-hint = Nehmen Sie eine andere Datei, oder löschen Sie die älteren

## Bericht

report-title = mailsetup { $version }, Bericht vom { $when }
report-privacy = Er enthält kein Passwort, aber Servernamen, Adressen und Anmeldenamen: Lesen Sie ihn, bevor Sie ihn weitergeben.
report-settings = Einstellungen
report-probe = Verbindungstest: { $server }
report-test = Live-Test: { $server }
report-proof = Nachricht mit den geschriebenen Einstellungen: { $server }
report-certificate = Zertifikat von { $subject }, ausgestellt von { $issuer }, für { $names }, gültig von { $from } bis { $until }, SHA-256 { $sha256 }
report-ports = Welche Ports antworten
report-open = offen
report-refused = abgelehnt
report-silent = keine Antwort
report-unreachable = nicht erreichbar
report-no-address = keine Adresse
report-hoster = Diese Maschine steht bei { $hoster }
report-diagnosis = Diagnose: { $cause }
report-fix = Vorschlag: { $fix }
report-other = Es kann auch sein: { $title }. { $tell }
report-transcript = Was gesprochen wurde
report-saved = Der Bericht steht in { $path }. Nur Sie können diese Datei lesen.
flag-report = Bericht ohne Geheimnisse in diese neue Datei schreiben

# discover: was über die Domain einer Adresse herausgefunden wird
discover-plaintext = Dieser Server ist ohne TLS verzeichnet: Das Passwort kann unterwegs mitgelesen werden. Fragen Sie den Anbieter nach Port 465 oder 587 mit TLS.
discover-unusable = Berichten zufolge kann sich dort kein Programm mehr mit einem Passwort anmelden.{ $page ->
    [none] {""}
   *[other] {" "}Siehe { $page }
}
discover-oauth = Die Server nehmen OAuth-Token, keine Passwörter (--auth xoauth2).{ $page ->
    [none] {""}
   *[other] {" "}Siehe { $page }
}
discover-prepare = Im Konto muss erst etwas eingeschaltet werden, bevor Programme senden können.{ $page ->
    [none] {""}
   *[other] {" "}Siehe { $page }
}
discover-not-found = { $domain } gibt es im DNS nicht. Prüfen Sie die Schreibweise der Adresse.
discover-broken = Die Nameserver von { $domain } antworten mit einem Fehler (SERVFAIL). Versuchen Sie es später, oder geben Sie den Server selbst an.
discover-dns-directly = DNS wird direkt gefragt, nicht über den Proxy: Ist es nicht zu erreichen, wählen Sie den Anbieter oder nennen Sie den Server selbst.
discover-no-resolver = Das DNS dieser Maschine antwortet nicht: siehe /etc/resolv.conf. Geben Sie den Server bis dahin mit seiner IP-Adresse an.
discover-null-mx = { $domain } nimmt laut DNS keine E-Mails an (RFC 7505): Antworten an diese Adresse kommen nicht an.

# found: was herausgefunden wurde, auf der Seite, die nach dem Anbieter fragt
found-searching = Suche nach den Einstellungen von { $domain } …
found-no-smtp = { $domain } gehört zu { $provider }; darüber kann kein Programm senden. Wählen Sie hier einen anderen Anbieter.
found-nothing = Für { $domain } wurde nichts gefunden. Wählen Sie den Anbieter, oder „Anderer Server“ und seinen Host.
found-by-mx = Der MX-Eintrag von { $domain } ({ $at }) weist auf { $provider }.
found-server = Gefunden für { $domain }: { $server }{ $origin ->
    [table] , aus der eingebauten Tabelle
    [srv] , aus dem SRV-Eintrag { $at }
    [autoconfig] , aus { $at }
   *[other] , ein üblicher Name, der dort antwortet
}.
found-foreign-host = { $host } liegt außerhalb der Domain. Wählen Sie ihn nur, wenn er Ihrem Anbieter gehört: Er bekommt das Passwort.
found-plain-http = Diese Seite kam ohne TLS und kann unterwegs gefälscht worden sein. Prüfen Sie, ob { $host } der Server Ihres Anbieters ist.
found-unconfirmed = { $server } ist nicht bestätigt: Er war nicht über TLS mit gültigem Zertifikat zu erreichen.
work-tree-open = { $path } enthält das Passwort, und das Git-Arbeitsverzeichnis { $top } ignoriert die Datei nicht{ $by ->
    [reading] {" "}(so lesen wir die .gitignore-Dateien selbst; git hat nicht geantwortet)
   *[git] {""}
 }: Ein Commit würde es veröffentlichen. Ergänzen Sie diese Zeile in { $top }/.gitignore: { $line }
work-tree-tracked = { $path } enthält das Passwort und wird in { $top } von Git verfolgt: Ein Commit würde es veröffentlichen. Ergänzen Sie diese Zeile in { $top }/.gitignore: { $line } – und führen Sie dort aus: git rm --cached -- '{ $inside }'
note-password-for = Gemeint ist das Passwort von { $asked }; das bekannte wird nicht verwendet.
edit-secret-unread = Das gespeicherte Passwort ist nicht zu gebrauchen und wird neu erfragt: { $why }
note-host-pattern = Bei { $provider } sieht der Host aus wie { $host }; Ihr Konto dort zeigt ihn an.
invalid-provider-no-smtp = { $intro } { $instead }
render-source-discovered = gefunden
flag-database = Die Einstellungen auch in Mozillas Datenbank suchen; sie erfährt die Domain
script-missing-provider-proposed = { $found } Wenn es Ihrer ist: { $flags }
script-missing-provider-found = { $found } Geben Sie --provider SCHLÜSSEL an, oder --host mit --security und --port.

# discover: was eine Suche im DNS und im Web ergibt
discover-nearest = { $domain } gibt es nicht. Meinten Sie { $near }?
discover-no-mx = { $domain } hat keinen MX-Eintrag: Die Domain sagt nicht, wer ihre E-Mails annimmt.
discover-gateway = E-Mails für { $domain } laufen zuerst durch { $gateway }. Das ist ein Filter: Gesendet wird über den Anbieter dahinter.
discover-stale-hoster = { $place } ist veraltet: Die E-Mails dieser Domain liegen jetzt bei { $hoster }.
discover-stale-server = { $place } ist veraltet: { $host } antwortet nicht, wie es soll.
discover-unreadable = { $place } enthält Einstellungen, die nicht zu lesen sind, und wurde ausgelassen.
discover-wildcard = Jeder Name unter { $domain } hat eine Adresse; ein Name beweist hier also nichts: Ein geratener Server zählt nur mit eigenem Zertifikat.
discover-private = { $host } hat eine private Adresse: Das geht nur innerhalb dieses Netzes.
discover-no-smtputf8 = Dieser Server nimmt keine Adressen wie { $address } an (SMTPUTF8). Nehmen Sie eine, die vor dem @ nur einfache Buchstaben hat.

# detect: was zu einer Adresse gesagt wird
detect-nothing = { $address }  es wurde nichts gefunden. Nehmen Sie --provider custom mit --host.
detect-from = aus
detect-smtp = smtp
detect-imap = imap
detect-login = Anmeldung
detect-other = auch
detect-origin-preset = eigene Domain des Anbieters
detect-origin-table = einer Liste von E-Mail-Domains
detect-origin-mx = MX-Eintrag { $place }
detect-origin-srv = SRV-Eintrag { $place }
detect-origin-autoconfig = { $place }
detect-origin-guess = üblicher Name, der antwortet, { $place }
detect-passed = antwortet, TLS stimmt
detect-unchecked = nicht zu Ende geprüft
detect-login-none = keine Anmeldung
detect-login-account = ein eigener Name, der im Konto steht
detect-no-smtp = { $provider } hat kein SMTP: Kein Programm kann darüber senden.
detect-consent-plaintext = Braucht Ihr Ja: { $host } hat kein TLS, das Passwort könnte unterwegs mitgelesen werden.
## probe und providers

command-probe = Zeigen, was ein Server anbietet, ohne Anmeldung
arg-host = Der Name des Servers, oder NAME:PORT
flag-proxy = Über diesen Proxy verbinden: socks5://HOST:PORT, http://HOST:PORT oder none
flag-ca-file = Der Zertifizierungsstelle in dieser PEM-Datei vertrauen
survey-asking = { $host } wird befragt ({ $ports }) …
survey-host = { $host }: { $addresses }
survey-door = Port { $port }, { $mode }: { $state }
survey-port = Port { $port }: { $state }
survey-mute = nimmt die Verbindung an und sagt dann nichts
survey-failed = scheitert bei: { $stage }
survey-tls = TLS
survey-tls-old = nur ältere Versionen als 1.2
survey-certificate = Zertifikat
survey-certificate-good = Gültig für { $host }
survey-certificate-of = { $subject } (für { $names }), ausgestellt von { $issuer }
survey-certificate-time = { $from } bis { $until }, noch { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
survey-certificate-over = { $from } bis { $until }, seit { $days ->
    [one] { $days } Tag
   *[other] { $days } Tagen
} abgelaufen
survey-names-more = { $names } und { $more } weitere
survey-names-none = keinen Namen
survey-login = Anmeldung
survey-login-none = nicht angeboten
survey-login-clear = ! auch ohne Verschlüsselung: { $mechanisms }
survey-offers = Bietet
survey-greeting = Begrüßung
survey-wrong = Problem
survey-best = Am besten: Port { $port }, { $mode }
survey-why-implicit = Vom ersten Byte an verschlüsselt, und das Zertifikat ist gültig.
survey-why-submission = STARTTLS auf dem Port zum Einliefern, mit gültigem Zertifikat.
survey-why-alternative = STARTTLS mit gültigem Zertifikat, auf einem anderen Port als den üblichen 465 und 587.
survey-why-relay = STARTTLS mit gültigem Zertifikat. Aber Port 25 ist für E-Mails zwischen Servern: Viele Netze sperren ihn, und viele Server lassen dort keine Anmeldung zu.
survey-why-here = Was dorthin geht, verlässt diese Maschine nicht und braucht keine Verschlüsselung.
survey-why-bad = Verschlüsselt, aber das Zertifikat ist nicht gültig. Beheben Sie das, bevor ein Passwort dorthin geht.
survey-next = So richten Sie es ein:
survey-hint-detect = Für eine Adresse fragen Sie: mailsetup detect ADRESSE

providers-line = { $name }: { $summary }
providers-hint = Einer ausführlich: mailsetup providers SCHLÜSSEL
stale-family = { $key } (Anbieterfamilie)
stale-distribution = { $key } (Distribution)
stale-dns-host = { $key } (DNS-Hoster)
stale-receiver = { $key } (Empfänger)
stale-cause = { $key } (Ursache)
stale-words = { $key } (Worte eines Programms)
stale-hoster = { $key } (Hoster)
stale-program = { $key } (Adressen, mit denen es sendet)
stale-gateway = { $key } (Mailfilter)
stale-suffixes = { $key } (welche Domains einem Inhaber gehören)
stale-none = { $months ->
    [one] Keine Angabe hier ist älter als { $months } Monat.
   *[other] Keine Angabe hier ist älter als { $months } Monate.
}
providers-no-smtp = Kein Programm kann darüber senden: Es gibt kein SMTP.
providers-kind = Art
providers-kind-mailbox = persönliche Postfächer
providers-kind-hosting = E-Mail für eine eigene Domain
providers-kind-relay = ein Relay: Es sendet nur
providers-kind-bridge = ein Programm auf dieser Maschine, das für einen Dienst SMTP spricht
providers-kind-local = ein Mailserver auf dieser Maschine
providers-kind-none = E-Mail, die kein anderes Programm senden kann
providers-smtp = Senden
providers-alternatives = Anderswo
providers-regions = { "{region}" } ist eines von: { $regions }
providers-imap = Lesen
providers-username = Anmeldename
providers-username-address = die vollständige Adresse
providers-username-local = der Teil vor dem @
providers-username-fixed = immer { $value }
providers-username-generated = einer, den der Anbieter vergibt
providers-username-none = keine Anmeldung
providers-username-also = wird das abgelehnt: { $forms }
providers-password = Passwort
providers-password-no = das Passwort des Postfachs
providers-password-with-two-factor = { $label }, wo die Zwei-Faktor-Anmeldung an ist, sonst das Passwort des Postfachs
providers-password-always = { $label }; das Passwort des Kontos funktioniert nie
providers-password-unusable = keines funktioniert, gleich welcher Art
providers-password-label = ein besonderes Passwort
providers-page = Seite: { $url }
providers-before = Zuerst
providers-steps = Schritte
providers-sender = Absender
providers-sender-any = jede Adresse (any)
providers-sender-domain = jede Adresse einer Domain des Kontos (domain)
providers-sender-login = die Adresse der Anmeldung oder einer ihrer Aliasse (login)
providers-sender-verified = eine vom Anbieter bestätigte Adresse oder jede Adresse einer bestätigten Domain (verified)
providers-limits = Grenzen
providers-free = Gratistarif
providers-per-second = { $count ->
    [one] { $count } Nachricht je Sekunde
   *[other] { $count } Nachrichten je Sekunde
}
providers-per-minute = { $count ->
    [one] { $count } Nachricht je Minute
   *[other] { $count } Nachrichten je Minute
}
providers-per-hour = { $count ->
    [one] { $count } Nachricht je Stunde
   *[other] { $count } Nachrichten je Stunde
}
providers-per-day = { $count ->
    [one] { $count } Nachricht am Tag
   *[other] { $count } Nachrichten am Tag
}
providers-per-month = { $count ->
    [one] { $count } Nachricht im Monat
   *[other] { $count } Nachrichten im Monat
}
providers-recipients = { $count ->
    [one] { $count } Empfänger je Nachricht
   *[other] { $count } Empfänger je Nachricht
}
providers-recipients-per-day = { $count ->
    [one] { $count } Empfänger am Tag
   *[other] { $count } Empfänger am Tag
}
providers-days = endet nach { $count ->
    [one] { $count } Tag
   *[other] { $count } Tagen
}
providers-dns = DNS
providers-dns-spf = SPF: include:{ $name }
providers-dns-dkim = DKIM: { $records }
providers-dns-verification = Nachweis der Domain: { $record }
providers-oauth = OAuth
providers-oauth-sasl = { $mechanisms }, Scope { $scope }
providers-oauth-authorize = Autorisierung: { $url }
providers-oauth-token = Token: { $url }
providers-oauth-device = Gerät: { $url }
providers-oauth-closed = Neue Programme werden nicht registriert: Ein Token muss von woanders kommen.
providers-domains = Domains
providers-mx = MX
providers-warnings = Beachten
providers-docs = Hilfeseite
providers-checked = Geprüft
providers-checked-line = { $when }{ $confidence ->
    [high] , mehrere Quellen stimmen überein
    [medium] , eine gute Quelle, oder mehrere, die sich in Einzelheiten unterscheiden
    [low] , kaum mehr als eine Seite sagt das
   *[other] {""}
}
providers-stale = ! Das ist { $months } Monate her: Vergleichen Sie es mit der Seite des Anbieters.
providers-unverified = Unbestätigt
providers-source = Quelle
providers-source-builtin = eingebaut
providers-source-own = Ihre eigene Datei { $path }

# plan: weitere Arten von Dateien
plan-port = { $target } entscheidet nach dem Port, ob es TLS spricht, und kann auf Port { $port } kein „{ $security }“.{ $ports ->
    [none] {""}
   *[other] {" "}Auf Port { $ports } kann es das.
}
plan-fault-syntax = { $path }, Zeile { $line }: Das Programm, das diese Datei liest, würde sie nicht annehmen.
plan-fault-unfamiliar = { $path }, Zeile { $line }: Die Einstellungen stehen hier in einer Form, die mailsetup nicht ändert, etwa als Liste, Verweis oder zweites Dokument.
plan-hint-by-hand = Die Datei bleibt unverändert. Schreiben Sie diese Stelle als einfache Schlüssel, einen je Zeile und versuchen Sie es noch einmal; oder nehmen Sie einen anderen Pfad.

# targets: eines ausführlich
target-used-by = Benutzt von
target-file = Datei
target-merge-block = ein Block zwischen zwei Kommentarzeilen; alles andere in der Datei bleibt
target-merge-keys = Schlüssel für Schlüssel; alles andere in der Datei bleibt
target-merge-whole = eine eigene Datei
target-security = Sicherheit
target-ports = { $mode } nur auf Port { $ports }: Das Programm entscheidet nach dem Port
target-login = Anmeldung
target-password = Passwort
target-password-fetched = wird über mailsetup geholt; es steht in keiner Datei des Programms
target-password-inline = steht in der Datei
target-token-command = mit Token: ein frisches wird über mailsetup geholt
target-token-store = mit Token: es liest das, welches im Speicher erneuert wird
target-token-none = nicht mit Zugriffstoken: es kann keines erneuern
target-certificates = Zertifikate
target-certificates-checked = werden geprüft
target-certificates-unchecked = werden nicht geprüft: Wer dazwischen sitzt, kann das Passwort lesen
target-trust-ca = kann einer eigenen Zertifizierungsstelle vertrauen (--ca-file)
target-proxy = kann über einen Proxy senden: { $kinds } (--proxy)
target-client-cert = kann ein Client-Zertifikat vorzeigen (--client-cert)
target-trust-pin = kann einem einzelnen Zertifikat vertrauen (--pin-sha256)
target-check = Prüfen
target-reader = Rücklesen
target-reader-program = vom Programm selbst: { $command }
target-reader-parser = vom Parser von { $program }
target-reader-ours = nur vom Leser von mailsetup
target-sends = das Programm sendet die Testnachricht selbst
target-docs = Handbuch
# Dateien, die nie zerreißen
host-unsynced = Der Datenträger hat den letzten Schritt nicht bestätigt. Alles ist geschrieben, kann nach einem Stromausfall aber wie vorher sein: Führen Sie dann mailsetup check aus.
field-resume = Dort weitermachen, wo Sie unterbrochen wurden?
field-resume-help = Die Einrichtung für { $address } wurde am { $when } unterbrochen. Die Antworten (Profil { $profile }) sind noch da, nur das Passwort nicht. „Nein“ beginnt von vorn.
# Netz: was zwischen dieser Maschine und dem Server liegt
render-fault-starttls-gone = Der Server hat bekanntlich STARTTLS und bietet es jetzt nicht an.
render-fault-clear-login = Das Passwort wurde zurückgehalten: Es wäre im Klartext gesendet worden.
diagnosis-clear-title = Eine Anmeldung ohne TLS braucht Ihr Einverständnis
diagnosis-clear-meaning = Der Weg zu { $host } ist nicht verschlüsselt: Jeder auf ihm könnte das Passwort lesen. Es wurde nicht gesendet.
diagnosis-clear-step-tls = Schalten Sie TLS ein: STARTTLS bei Port 587, implizites TLS bei Port 465
diagnosis-clear-step-consent = Nur wenn dieser Server kein TLS hat und Sie das in Kauf nehmen: mailsetup edit mit --allow-plaintext
## Wo Geheimnisse liegen: Speicher, der Tresor und seine Schlösser, und wer sie liest

field-run-as = Sendende Benutzer
field-run-as-help = Wer sendet: root oder Benutzer von Diensten. Mehrere durch Leerzeichen oder Kommas getrennt; jeder muss das Passwort ohne Rückfrage lesen können.
field-run-as-group = Ihre Gruppe
field-run-as-group-help = Die Gruppe, über die sie das Passwort lesen. Fehlt sie, wird sie angelegt; sonst kommt niemand hinein.
field-vault-lock = Tresor verschließen mit
field-vault-lock-help = Was den Tresor öffnet, wenn gesendet wird und niemand da ist.
field-pass-entry = Eintrag in pass
field-pass-entry-help = Der Name im Passwortspeicher. Die erste Zeile wird das Passwort; die Zeilen darunter bleiben.
choice-store-vault = Ein Tresor
choice-store-vault-hint = eine verschlüsselte Datei für alle Profile
choice-store-systemd = systemd-Credentials
choice-store-systemd-hint = für diese Maschine verschlüsselt; lesbar für root und Units
choice-store-pass = pass, der Passwortmanager
choice-store-pass-hint = mit Ihrem GnuPG-Schlüssel verschlüsselt
choice-lock-machine = Ein Schlüssel dieser Maschine
choice-lock-machine-hint = eine Kopie des Tresors allein nützt nichts; root hier öffnet ihn
choice-lock-systemd = systemd-Credentials
choice-lock-systemd-hint = das TPM der Maschine, falls vorhanden; root hier öffnet ihn
choice-lock-key-file = Eine Schlüsseldatei
choice-lock-key-file-hint = wer die Datei hat, öffnet ihn: auf anderem Datenträger halten
choice-lock-passphrase = Eine Passphrase
choice-lock-passphrase-hint = am sichersten, aber ohne sie geht keine E-Mail hinaus
lock-machine-protects = Geschützt: eine Sicherung oder Kopie des Konfigurationsverzeichnisses ohne den Schlüssel dieser Maschine. Nicht geschützt: wenn jemand hier root ist oder Ihre Dateien liest, und eine Kopie des ganzen Datenträgers. Ohne den Schlüssel im Zustandsverzeichnis öffnet sich der Tresor nicht: Dann sind die Passwörter neu einzugeben.
lock-systemd-protects = Geschützt: jede Kopie der Dateien und mit TPM auch der ganze Datenträger, wenn er in einer anderen Maschine gelesen wird. Ohne TPM liegt der Schlüssel auf dem Datenträger, in /var/lib/systemd. Nicht geschützt: vor root auf dieser Maschine.
lock-key-file-protects = Geschützt: jede Kopie des Tresors ohne die Schlüsseldatei. Nicht geschützt: wenn jemand beide liest. Bewahren Sie die Schlüsseldatei auf einem anderen oder einem Wechseldatenträger auf, außerhalb der Sicherungen, die den Tresor enthalten.
lock-passphrase-protects = Geschützt: jede Kopie des Tresors, so gut, wie die Passphrase schwer zu erraten ist. Nicht geschützt: was auf dieser Maschine eingegeben wird, während ein anderer root ist. Programme, die senden, brauchen --vault-passphrase-file oder die Variable dazu.
lock-key-file-flag = geben Sie die Datei mit --vault-key-file an
lock-passphrase-flag = braucht jedes Mal jemanden: mailsetup vault lock-with passphrase
store-other-user = { $user } kann es nicht lesen
store-needs-unit = { $user } liest es nur in einer Unit, die das Credential lädt
store-image = nicht in einem Image: hängt von der laufenden Maschine ab
store-demo = nicht in der Demo: gehört zu dieser Maschine, außerhalb des Demo-Verzeichnisses
store-vault-passphrase = der Tresor will jedes Mal seine Passphrase: geben Sie --vault-passphrase-file an
store-not-proven = Ob { $user } das Passwort lesen kann, wurde nicht ausprobiert. „mailsetup secret“, als dieser Benutzer oder in seiner Unit ausgeführt, zeigt es.
store-unreadable = { $user } kann das Passwort nicht lesen: Nehmen Sie einen anderen Speicher oder einen anderen Benutzer.
store-unreadable-said = { $user } kann das Passwort nicht lesen: { $said }
store-not-run = { $user } kann { $program } nicht ausführen, das den Programmen das Passwort gibt: { $cause }. Installieren Sie mailsetup dort, wo alle es ausführen können, etwa in /usr/local/bin, und nennen Sie es mit --secret-command-path.
store-other-secret = Der Speicher „{ $store }“ gibt etwas anderes zurück, als hineingelegt wurde.
invalid-user = „{ $typed }“ kann kein Benutzername sein.
invalid-group = „{ $typed }“ kann kein Gruppenname sein.
invalid-pass-entry = „{ $typed }“ kann kein Eintrag von pass sein. Er sieht aus wie mail/relay.
plan-no-user = Einen Benutzer { $user } gibt es auf dieser Maschine nicht.
plan-no-shared-group = { $users } senden alle, haben aber keine gemeinsame Gruppe, die das Passwort lesen könnte.
plan-group-of-others = In der Gruppe { $group } sind noch andere ({ $users }), die dann das Passwort lesen könnten. Nennen Sie eine neue Gruppe, oder eine, in der nur ist, wer sendet.
plan-other-group = Die Gruppe { $group } gab es schon, und { $users } sind nicht darin: Was sie ihnen sonst noch öffnet, weiß mailsetup nicht. Nehmen Sie sie selbst auf ({ $command }), oder nennen Sie eine neue Gruppe.
plan-group-in-image = Das Abbild hat die Gruppe { $group } nicht, oder nicht mit allen Benutzern. Im Abbild: { $command }
plan-taken = { $path } hat die Einstellungen von Profil { $profile } und nur Platz für ein Profil.
host-entry-forgotten = Der Eintrag { $entry } wurde aus dem Speicher „{ $store }“ genommen
host-aside-left = Ein Speicher hält noch ein früheres Passwort des Eintrags { $entry }: „mailsetup purge“ fragt ihn noch einmal
host-copy-left = { $path } enthält das Passwort noch: Profil { $profile } braucht die Kopie für „mailsetup undo“
plan-shared-group = In { $path } stünde das Passwort, und { $user } hat keine Gruppe, der man sie öffnen könnte: Andere sind in der Gruppe, oder Benutzer kommen nicht nur aus Dateien (/etc/nsswitch.conf), und niemand kann sagen, wer darin ist. Lassen Sie { $path } das Passwort holen, oder legen Sie eine Gruppe für { $user } allein an.
host-entry-left = Im Speicher „{ $store }“ ist der Eintrag { $entry } noch vorhanden: Entfernen Sie ihn dort
host-entry-changed = Der Eintrag { $entry } im Speicher „{ $store }“ behält sein neues Passwort
host-recovered-entry = Ein Speicher gibt den Eintrag { $entry } eines abgebrochenen Schreibvorgangs nicht zurück; der nächste Lauf fragt ihn noch einmal
host-copies-left = Eine Kopie der Passwortdatei konnte nicht entfernt werden und enthält es noch: Löschen Sie { $path }
host-undo-secret = Das Passwort, das vor diesem Schreiben in { $path } stand, ist nicht mehr bekannt: Es kam in einen anderen Speicher, der inzwischen ein anderes enthält. Es wurde nichts geändert
host-undo-secret-hint = Um zurückzugehen, geben Sie es neu ein: mailsetup edit { $profile } --secret-store file
systemd-not-installed = systemd-creds ist nicht installiert
systemd-old = braucht systemd { $first } oder neuer
systemd-not-root = nur root kann systemd-Credentials benutzen
systemd-said = systemd-creds ist fehlgeschlagen: { $said }
systemd-failed = systemd-creds ist fehlgeschlagen oder hat nicht rechtzeitig geantwortet
pass-not-installed = pass ist nicht installiert
pass-no-store = pass hat in { $path } keinen Speicher (pass init legt einen an)
pass-lines = Ein Passwort mit Zeilenumbruch kann kein Eintrag von pass sein. Nehmen Sie einen anderen Speicher.
pass-not-text = pass gibt etwas anderes zurück, als hineingelegt wurde.
pass-said = pass ist fehlgeschlagen: { $said }
pass-slow = pass hat innerhalb von { $seconds } s nicht geantwortet: Vielleicht wartet sein Schlüssel auf eine Passphrase
pass-failed = pass ist fehlgeschlagen
vault-missing = Unter { $path } gibt es keinen Tresor
vault-none = Es gibt noch keinen Tresor ({ $path }). Angelegt wird er mit --secret-store vault oder mit mailsetup vault lock-with.
vault-open = { $path } gehört zum Tresor, und jeder auf dieser Maschine darf die Datei lesen (Modus { $mode })
vault-damaged = { $path } ist beschädigt: Der Inhalt ist nicht mehr der, der geschrieben wurde
vault-damaged-hint = Holen Sie { $path } aus einer Sicherung zurück, oder entfernen Sie die Datei und geben Sie die Passwörter mit mailsetup edit neu ein
vault-newer = { $path } stammt von einem neueren mailsetup
vault-needs-passphrase = Der Tresor will seine Passphrase
vault-needs-passphrase-hint = Geben Sie sie mit --vault-passphrase-file, --vault-passphrase-fd oder --vault-passphrase-env an
vault-wrong-passphrase = Das ist nicht die Passphrase des Tresors. Der Tresor selbst ist unbeschädigt.
vault-wrong-passphrase-hint = Versuchen Sie es noch einmal; die Passphrase vor der letzten Änderung öffnet ihn nicht mehr
vault-short-key = { $path } ist zu kurz für eine Schlüsseldatei: Nötig sind mindestens { $least } Bytes
vault-wrong-key = { $path } ist nicht die Schlüsseldatei des Tresors. Der Tresor selbst ist unbeschädigt.
vault-wrong-key-hint = Geben Sie mit --vault-key-file die richtige an; vielleicht liegt sie auf einem Datenträger, der nicht eingehängt ist
vault-wrong-machine = Der Tresor wurde mit dem Schlüssel einer anderen Maschine verschlossen, oder der Schlüssel dieser Maschine wurde ersetzt. Der Tresor selbst ist unbeschädigt.
vault-wrong-machine-hint = Holen Sie den Schlüssel mit dem Zustandsverzeichnis zurück, oder entfernen Sie den Tresor und geben Sie die Passwörter neu ein
vault-image = Der Schlüssel einer Maschine kann den Tresor eines Images nicht verschließen
vault-image-hint = Nehmen Sie --vault-key-file oder einen anderen Speicher
vault-unbooted = Dieses System wurde noch nie gestartet und hat keine Maschinen-ID: Ein Tresor, den diese Maschine verschließt, ginge nach dem ersten Start nicht mehr auf
vault-no-key-file = Das neue Schloss des Tresors braucht eine Schlüsseldatei: Geben Sie sie mit --vault-key-file an
vault-random = Das System liefert keine Zufallszahlen
vault-full = So viel passt nicht in den Tresor
vault-ask = Passphrase des Tresors
vault-ask-new = Neue Passphrase
vault-ask-again = Noch einmal
vault-new-passphrase = Es fehlt eine neue Passphrase: Geben Sie --new-passphrase-file, --new-passphrase-fd oder --new-passphrase-env an
vault-new-key-file = Geben Sie die neue Schlüsseldatei mit --new-key-file an; gibt es sie nicht, wird sie angelegt
vault-empty-passphrase = Eine Passphrase darf nicht leer sein.
vault-typed-otherwise = Die beiden stimmten nicht überein. Es wurde nichts geändert.
vault-rotated = Alles im Tresor ist mit einem neuen Schlüssel verschlüsselt. Ältere Kopien der Datei enthalten weiterhin, was sie enthielten.
vault-locked = Der Tresor hat sein neues Schloss, und alles darin ist mit einem neuen Schlüssel verschlüsselt.
secret-no-credential = Profil { $profile } speichert sein Passwort in „{ $store }“, nicht in systemd-Credentials.
command-vault = Die verschlüsselte Datei mit Passwörtern
command-vault-status = Womit er verschlossen ist, und wessen Passwörter er enthält
command-vault-passphrase = Mit einer neuen Passphrase verschließen
command-vault-rotate = Alles mit einem neuen Schlüssel verschlüsseln
command-vault-export = Alle Passwörter ausgeben, ein JSON-Objekt je Zeile
command-vault-lock-with = Mit etwas anderem verschließen
flag-vault-passphrase-file = Passphrase des Tresors aus dieser Datei lesen
flag-vault-passphrase-fd = Passphrase des Tresors von diesem Dateideskriptor lesen
flag-vault-passphrase-env = Passphrase des Tresors aus dieser Variable lesen
flag-vault-key-file = Die Schlüsseldatei des Tresors
flag-new-passphrase-file = Neue Passphrase aus dieser Datei lesen
flag-new-passphrase-fd = Neue Passphrase von diesem Dateideskriptor lesen
flag-new-passphrase-env = Neue Passphrase aus dieser Variable lesen
flag-new-key-file = Die neue Schlüsseldatei; fehlt sie, wird sie angelegt
flag-drop-in = Zeilen ausgeben, die einer systemd-Unit das Passwort geben
flag-for = Der Server, der das Passwort bekommt: für jeden anderen wird nichts ausgegeben
flag-git-credential = Nur für den Host und den Benutzer, nach denen git auf der Standardeingabe fragt (git-credential)

# Einstellungen, die Programme hier schon haben
field-import = Mit vorhandenen Einstellungen beginnen?
field-import-help = Programme hier haben schon Einstellungen zum Senden. Jede lässt sich danach ändern; ein Passwort kommt mit und wird nie angezeigt.
import-found = Einstellungen gefunden: { $settings }, in { $file } ({ $program }). Jede lässt sich danach ändern; ein Passwort kommt mit und wird nie angezeigt.
import-file = { $file } ({ $program })
choice-import-none = Keine
choice-import-none-hint = mit nichts beginnen
import-fetching = Passwort wird mit seinem Befehl geholt …
import-withheld = { $file } nennt einen Befehl für das Passwort, der nicht ausgeführt wird: { $path } können andere ändern. Geben Sie das Passwort ein, oder nennen Sie es mit --password-file
import-no-password = { $file } nennt einen Befehl für das Passwort, und der gab keines aus: { $why }
import-missing = Es gibt kein { $file }, aus dem importiert werden könnte.
import-nothing = { $file } nennt keinen Server, über den sich senden ließe.
import-hint = Nennen Sie mit --import { $target }=PFAD eine andere Datei, oder geben Sie die Einstellungen an und lassen Sie --import weg.
invalid-import = Aus „{ $typed }“ kann nichts importiert werden. Nennen Sie eines von { $targets }, mit =PFAD, wo die Datei woanders liegt, oder none.
flag-import = Mit den Einstellungen dieses Programms beginnen; none: mit nichts
render-source-imported = importiert
target-import = Import
target-import-from = was in den Dateien schon steht, kann der Anfang sein (--import { $target })

# Ziele, deren Einstellungen woanders stehen
plan-no-place = { $target } hat keinen üblichen Ort: Geben Sie einen an, zum Beispiel --target { $target }={ $example }
plan-store = { $target } bekommt das Passwort nur aus „{ $store }“: Ergänzen Sie --secret-store { $store }
plan-through = { $target } sendet über { $through }, und dort gibt es kein solches Konto: Ergänzen Sie --target { $through }
choice-target-needs-place = braucht einen Pfad: mit --target { $target }={ $example } starten
target-merge-read = wird nur gelesen: gehört zum Ziel { $target }
target-password-given = kommt von systemd (--secret-store { $store }); es steht in keiner Datei des Programms
target-ascii = nur ASCII-Buchstaben, -Ziffern und -Zeichen: { $settings }

# Konflikte auf der Maschine, auf die geschrieben wird
plan-note-no-queue = { $target } hat keine Warteschlange: Mail, die der Server aufschiebt (Greylisting) oder die vor dem Netz hinausgeht, ist verloren. { $others } haben eine.
plan-note-no-log = Hier führt nichts ein Log: Was aus der Mail von { $target } wird, lässt sich nicht verfolgen. So gibt es eines: { $command }
plan-note-strict = { $since } und neuer lehnen das Zertifikat dieses Servers ab: Es nennt den Schlüssel seines Ausstellers nicht (authorityKeyIdentifier). Damit kann { $target } nicht senden, bis es neu ausgestellt ist.
plan-note-no-init = Hier läuft weder systemd noch OpenRC noch runit: Läuft { $service }, starten Sie es neu, damit { $target } nach den neuen Einstellungen geht.
plan-note-no-authorities = Die vertrauten Zertifizierungsstellen des Systems fehlen ({ $path }): Ohne sie traut { $target } keinem Server und sendet nichts. Installieren Sie sie: { $command }
plan-note-login-needs = { $target } kann sich noch nicht anmelden: Ihm fehlen die Module von Cyrus SASL für PLAIN und LOGIN. Installieren Sie sie: { $command }
conflict-sendmail-other = /usr/sbin/sendmail ist { $owner }, nicht { $target }: cron und mail() von PHP senden weiter mit den Einstellungen von { $owner }. Richten Sie auch { $owner } ein (--target { $key }), oder setzen Sie { $target } an seine Stelle: { $command }
conflict-sendmail-unknown = /usr/sbin/sendmail ist { $path }, nicht { $target }: cron und mail() von PHP senden weiter darüber. So tritt { $target } an seine Stelle: { $command }
conflict-sendmail-nobody = Es gibt kein /usr/sbin/sendmail: cron und mail() von PHP können noch nicht senden. So wird { $target } dazu: { $command }
conflict-sendmail-busybox = /usr/sbin/sendmail ist das von busybox, das keine Einstellungen liest: cron und mail() von PHP können damit nicht senden. So tritt { $target } an seine Stelle: { $command }
conflict-not-installed = { $target } ist nicht installiert: cron und mail() von PHP können damit noch nicht senden. Installieren Sie es: { $command }
conflict-sendmail-several = Nur eines von { $targets } kann /usr/sbin/sendmail sein, worüber cron und mail() von PHP senden. { $owner ->
    [none] Bisher ist es keines davon.
   *[other] Zurzeit ist es { $owner }.
} Lassen Sie weg, was Sie nicht brauchen.
conflict-queue = { $other } läuft neben { $target }: Was es schon angenommen hat, geht mit den Einstellungen von { $other } hinaus. Was noch wartet, zeigt { $queue }; wartet nichts mehr, beenden Sie es mit { $stop }.
conflict-apparmor-run = AppArmor hindert { $target } daran, mailsetup für das Passwort auszuführen: Es ginge nichts hinaus. Fügen Sie in { $file } unter „{ $below }“ die Zeile „{ $rule }“ ein und führen Sie dann apparmor_parser -r { $file } aus
conflict-apparmor-read = AppArmor hindert { $target } daran, { $path } zu lesen. Ergänzen Sie in { $local } die Zeile „{ $rule }“ und führen Sie dann apparmor_parser -r { $file } aus
conflict-unreadable = { $user } wird { $path } nicht lesen können ({ $mode }): { $target } findet keine Einstellungen, wenn { $user } sendet. Sobald die Datei geschrieben ist, führen Sie { $command } aus und starten Sie die Programme von { $user } neu.
conflict-unreadable-first = { $user } kann { $path } nicht lesen ({ $mode }): { $target } fände keine Einstellungen, wenn { $user } sendet. Führen Sie zuerst { $command } aus, starten Sie die Programme von { $user } neu, und wiederholen Sie dann diesen Befehl.
conflict-key = { $user } kann { $path } nicht lesen: { $target } kann das Client-Zertifikat nicht vorzeigen, und keine E-Mail geht hinaus. Führen Sie aus: { $command }
conflict-folder = { $user } kommt nicht in das Verzeichnis { $folder }: { $target } findet { $path } nicht, wenn { $user } sendet. Führen Sie { $command } aus und starten Sie die Programme von { $user } neu.

# E-Mails an root
field-root-mail = E-Mails an root gehen an
field-root-mail-help = Cron und das System schreiben an root. Mit einer Adresse hier kommt das an; leer: nichts ändert sich.
note-root-mail = E-Mails an root gehen laut /etc/aliases zurzeit an „{ $now }“.
field-senders = Zulässige Absender
field-senders-help = Viele Anbieter lehnen fremde Absender ab. Cron und Dienste senden als root@rechner oder mit eigenen Adressen; das Mailprogramm kann Ihre Adresse an deren Stelle setzen.
choice-senders-one = Nur Ihre Adresse
choice-senders-one-hint = alles geht unter ihr hinaus, was ein Programm auch angibt
choice-senders-domain = Adressen Ihrer Domain
choice-senders-domain-hint = Ihre Adresse anstelle aller anderen
choice-senders-any = Jede Adresse
choice-senders-any-hint = die Absender der Programme bleiben
field-sender-map = Liste der Absender
field-sender-map-help = Eine Datei aus Zeilen VON NACH: VON geht als NACH hinaus. # leitet einen Kommentar ein.
note-proxy-found = { $variable } nennt hier einen Proxy, den E-Mails nur mit Ihrem Wort benutzen: --proxy { $proxy }
note-senders-rule = { $provider }: { $rule }
choice-target-keeps-senders = { $provider ->
        [none] behält
       *[other] { $provider } würde Crons E-Mails ablehnen: behält
    } die Absender der Programme; msmtp, Postfix und Exim ersetzen sie
invalid-sender-map-two = Zeile { $line } braucht zwei Adressen, VON NACH.
invalid-sender-map-twice = Zeile { $line }: { $address } steht zweimal da, mit verschiedenen Adressen dahinter. Behalten Sie eine.
plan-senders = { $target } kann die Absender von Cron, Diensten und Skripten nicht durch Ihre Adresse ersetzen; deren E-Mails würden abgelehnt.
plan-hint-senders = Wählen Sie ein Ziel, das es kann ({ $instead }), oder lassen Sie mit --senders any jeden Absender zu.
plan-no-sender-map = Die Liste der Absender { $path } gibt es nicht.
plan-no-secret-program = Es gibt kein Programm { $path }, das andere für das Passwort aufrufen könnten.
plan-hint-sender-map = Berichtigen Sie { $path }, oder lassen Sie --sender-map weg.
plan-hint-no-secret-program = Installieren Sie mailsetup zuerst dort, oder nennen Sie den Ort, an dem es ist: --secret-command-path PATH
plan-image-lacks = Das Image { $root } könnte bei seinem ersten Start nicht senden. Es fehlt: { $lacks }.
plan-hint-image-lacks = Installieren Sie das zuerst im Image. Wo mailsetup darin liegt: --image-program PFAD. Um die Einstellungen trotzdem zu schreiben: --unproven
plan-note-image-lacks = Bevor das Image { $root } senden kann, braucht es: { $lacks }.
plan-note-image-program = Im Image ruft { $target } { $path } auf, um das Passwort zu bekommen. Liegt mailsetup dort anderswo: --image-program PFAD
plan-note-image-ca = Die Zertifizierungsstelle von --ca-file wird in das Image kopiert, nach { $path }.
runner-image-client-cert = { $path } liegt nicht im Image { $root }, und ein privater Schlüssel wird nirgendwohin kopiert. Legen Sie Zertifikat und Schlüssel in das Image und nennen Sie sie mit ihrem Pfad unter { $root }.
plan-overruled-setting = { $setting } in { $path } schickt alle E-Mails einen anderen Weg; { $target } würde das Relay nie benutzen.
plan-hint-overruled-setting = Wird dieser Weg nicht mehr gebraucht, nehmen Sie { $setting } aus { $path } heraus und starten Sie mailsetup noch einmal.
plan-note-senders-one = { $target }: Welche Adresse ein Programm hier auch angibt, seine E-Mails gehen als { $address } hinaus.
plan-note-senders-domain = { $target }: Absender unter { $domain } bleiben, alle anderen E-Mails gehen als { $address } hinaus.
plan-note-senders-any = { $target }: Die Absender der Programme bleiben, wie sie sind (--senders any). Nimmt { $host } nur Ihre Adresse an, werden Crons E-Mails abgelehnt: --senders one setzt Ihre an deren Stelle.
plan-note-senders-refused = { $target }: Die Absender der Programme bleiben, wie sie sind, und { $provider } lehnt fremde Adressen ab, etwa Crons root. --senders one setzt Ihre an deren Stelle.
plan-note-senders-old = { $target } kennt hier { $words } noch nicht: Programme, die selbst einen Absender angeben, behalten ihn, und ihre E-Mails werden vielleicht abgelehnt. Installieren Sie { $target } { $since } oder neuer und starten Sie mailsetup noch einmal.
plan-note-name = { $target } setzt den Namen „{ $name }“ nicht: Die Namen der Programme bleiben.
plan-note-reply-to = { $target } ergänzt kein Reply-To: Antworten auf E-Mails von Programmen gehen an deren Absender, nicht an { $address }.
plan-note-second = { $target } sendet schon für ein anderes Profil: Was { $address } als Absender hat, geht mit dieser Anmeldung hinaus, alles andere wie bisher mit der anderen.
plan-note-second-domain = { $target } sendet schon für ein anderes Profil: Was einen Absender unter { $domain } hat, geht mit dieser Anmeldung hinaus, alles andere wie bisher mit der anderen.
plan-note-sender-map = { $target } hat einen Absender für alles: Die Liste der Absender zählt dort nicht.
plan-note-overrule-some = { $setting } in { $path } geht dem vor, was { $target } hier gesagt wird: Dort genannte E-Mails nehmen einen anderen Weg.
plan-note-overrule-tls = { $setting } in { $path } geht der Verschlüsselung vor, die { $target } hier gesagt wird. Sehen Sie nach, ob das Relay darin vorkommt.
plan-note-overrule-local = mydestination in { $path } ist leer: E-Mails an root bleiben nicht hier, und /etc/aliases zählt nicht. Tragen Sie den Namen dieses Rechners und localhost ein, wenn sie nach den Aliasen gehen sollen.
plan-note-overrule-aliases = { $setting } in { $path } nennt eine andere Datei als /etc/aliases: E-Mails an root gehen nach dieser.
plan-note-overrule-senders = { $setting } in { $path } schreibt Adressen um, nachdem { $target } Ihre an die Stelle der eines Programms gesetzt hat: E-Mails können unter einem anderen Absender hinausgehen. Nehmen Sie die Einstellung heraus, oder sorgen Sie dafür, dass Ihre Adresse bleibt.
plan-note-overrule-outside = { $target } nimmt auch E-Mails anderer Rechner an ({ $setting } in { $path }). Was sie per SMTP übergeben, behält seinen Absender, wo es geht; nur Programme hier bekommen Ihren.

# plan: was auf der Maschine im Weg steht
plan-overruled = { $path } ist da, und dann liest { $target } nichts anderes: Was mailsetup schreibt, bliebe ohne Wirkung.
plan-hint-overruled = Verschieben Sie { $path }, oder tragen Sie die Einstellungen dort von Hand ein.
plan-other-kind = { $path } ist eine { $kind }-Datei, die { $target } nicht liest: Was mailsetup schreibt, würde sie verderben.
plan-other-program = { $path } enthält { $key } und ist damit nicht die Datei von { $target }: Was mailsetup schreibt, würde sie verderben oder bliebe ohne Wirkung.
plan-outgrown = { $path } zeigt eine Version von { $target }, die diese Einstellungen dort nicht mehr liest. Nehmen Sie sie so vor, wie es hier steht: { $docs }
plan-fault-rival = { $path }, Zeile { $line }: Hier steht eine der E-Mail-Einstellungen in einer Form, die mailsetup nicht ändert und die mehr gilt als das, was mailsetup schreibt.
plan-hint-other-kind = Die Datei bleibt unverändert. Geben Sie den Pfad der richtigen an: --target NAME=PFAD.
plan-hint-other-program = Die Datei bleibt unverändert. Für diese: --target { $instead }={ $path }
plan-hint-rival = Die Datei bleibt unverändert. Entfernen Sie diese Zeile, oder setzen Sie sie über die E-Mail-Einstellungen, und versuchen Sie es noch einmal.
plan-note-removed = { $path }: herausgenommen, weil es gegen die neuen Einstellungen von { $target } wirken würde: { $keys }
plan-note-unwritten = { $target } hat keine eigene Einstellung für { $setting ->
    [name] den Absendernamen
   *[other] die Antwortadresse
}; das wird dort nicht geschrieben.
plan-fault-outranked = { $path }, Zeile { $line }: Diese Regel nimmt die E-Mails dieser Maschine, bevor unsere sie nähme, denn die erste gilt.
plan-hint-outranked = Die Datei bleibt unverändert. Entfernen Sie diese Regel, oder schränken Sie sie ein, sodass sie nicht für alle Ziele gilt und versuchen Sie es noch einmal.

# Ein Programm sendet die Testnachricht selbst

send-subject = Testnachricht von { $host }, gesendet mit { $name }
send-body = { $host } hat diese Nachricht am { $when } mit { $name } gesendet, nach den Einstellungen in { $file }.

    Sie funktionieren. Mit dieser Nachricht ist nichts weiter zu tun.
send-under-way = { $name } sendet eine Nachricht an { $to }
send-under-way-as = { $name } sendet als { $user } eine Nachricht an { $to }
send-taken = { $target }: { $name } selbst hat die Einstellungen gelesen und eine Nachricht an { $to } gesendet ({ $time })
send-taken-as = { $target }: { $name } selbst hat die Einstellungen gelesen und als { $user } eine Nachricht an { $to } gesendet ({ $time })
send-unseen = { $name } hat auch eine Nachricht angenommen, aber weder Log noch Warteschlange zeigen, was daraus wurde.
send-failed = { $target }: geschrieben, aber { $name } selbst sendet nicht an { $to }
send-failed-as = { $target }: geschrieben, aber { $name } selbst, als { $user } ausgeführt, sendet nicht an { $to }
send-not-started = Es konnte nicht gestartet werden.
send-status = Es endete mit Status { $status }.
send-status-silent = Es endete mit Status { $status } und sagte nicht, warum.
send-signal = Ein Signal hat es beendet.
send-slow = Es war nach { $seconds } Sekunden nicht fertig und wurde beendet.
send-large = Es hörte nicht auf, Ausgaben zu schreiben, und wurde beendet.
send-queued = Die Nachricht ist in seiner Warteschlange; es versucht es weiter.
send-waiting = Die Nachricht ist noch in seiner Warteschlange: Sehen Sie nach, ob { $name } läuft und was sein Log sagt.
send-unlisted = Es hat die Nachricht angenommen, aber seine Warteschlange ist nicht einsehbar. Läuft { $name }?
send-given-up = Es hat die Nachricht aufgegeben.
send-we-can = mailsetup kann mit denselben Einstellungen senden: Das Hindernis ist auf dieser Maschine, bei { $name }.
send-we-cannot = Auch mailsetup kann mit diesen Einstellungen nicht senden. Es scheitert bei: { $stage }
send-usually = Was es sagt, bedeutet meist: { $title }
send-unreadable = { $user } kann { $path } nicht lesen. So geht es: { $command }
send-look = Vielleicht hält AppArmor oder SELinux es zurück: journalctl -k | grep -i denied
proof-way-cron = Mail von Cron
proof-way-mail = was mail -s sendet
proof-way-program = Mail von { $program }
proof-way-user = Mail der Programme von { $user }
proof-way-empty = Mail ohne Absender
proof-way-taken = { $target }: { $way } ging an { $to } hinaus ({ $time })
proof-way-unseen = { $target }: { $name } hat die Nachricht angenommen ({ $way }), aber weder Log noch Warteschlange zeigen, was daraus wurde.
proof-way-failed = { $target }: { $way } (von { $sender } an { $to }) geht nicht hinaus
note-sender-refused = { $program } sendet hier als { $from }, und { $host } lehnt das ab: { $said } Mit --senders one geht alle Mail als { $address } hinaus.
proof-fix-one = Lassen Sie alle Mail als { $address } hinausgehen: Starten Sie mailsetup noch einmal mit --senders one.
proof-fix-mailer = { $target } kann Ihre Adresse nicht an die Stelle der Absender setzen, die Programme verwenden. { $instead } können es: Wählen Sie eines davon als Ziel.
proof-fix-root = Mail an root hat keine Adresse, an die sie gehen kann: Starten Sie mailsetup noch einmal mit --root-mail und Ihrer Adresse.
proof-fix-retry = Exim wartet seit einem früheren Fehler, was auch inzwischen behoben ist. So vergisst es ihn und versucht es wieder: rm `exim -bP -n spool_directory`/db/retry* && exim -qff
proof-fix-empty = Das betrifft Abwesenheitsnotizen und Ähnliches, die keinen Absender nennen. Andere Mail hält es nicht auf.
report-own = Nachrichten, die die Programme selbst gesendet haben

## Die Domain des Absenders (dns)

command-dns = Zeigen, was der Domain des Absenders fehlt: SPF, DKIM, DMARC
arg-whose = Eine Adresse, eine Domain oder der Name eines Profils
flag-nameserver = Diesen Nameserver fragen, ADRESSE oder ADRESSE:PORT
flag-dns = Nur die Einträge der Absenderdomain ansehen
flag-wait = Wieder nachsehen, bis alles stimmt, längstens bis --timeout (eine Stunde)
flag-format = Fehlende Einträge als Zonendatei ausgeben, oder für octoDNS, DNSControl oder Terraform
dns-cannot-look = Dieser Build von mailsetup kann DNS nicht fragen; über { $domain } ist daher nichts bekannt. Nehmen Sie einen Build mit „discover“.
dns-no-provider = kein Anbieter heißt { $key }; „mailsetup providers“ zeigt sie
dns-bad-nameserver = { $typed } ist keine Adresse wie 192.0.2.53 oder 192.0.2.53:5353
dns-some-provider = diesen Anbieter
dns-verdict-both = Mail von { $domain } über { $provider } besteht DMARC, durch SPF und durch DKIM.
dns-verdict-spf = Mail von { $domain } über { $provider } besteht DMARC nur durch SPF: Weitergeleitet besteht sie nicht mehr.
dns-verdict-dkim = Mail von { $domain } über { $provider } besteht DMARC, durch DKIM.
dns-verdict-open = Ob Mail von { $domain } über { $provider } DMARC besteht, lässt sich noch nicht sagen.
dns-verdict-neither = Mail von { $domain } über { $provider } besteht DMARC nicht.
dns-verdict-not-yours = { $domain } gehört dem Anbieter: Es gibt nichts einzutragen.
dns-enter = Einzutragen, wo das DNS von { $domain } verwaltet wird:
dns-enter-at = Einzutragen bei { $host }, { $url } ({ $way }):
dns-name-empty = (leer lassen)
dns-replaces = statt: { $record }
dns-wait = Bis alle die Änderung sehen, vergehen bis zu { $minutes ->
        [one] einer Minute
       *[other] { $minutes } Minuten
    }.
dns-again = Eingabe sieht wieder nach, Strg-D beendet.
dns-waiting = Stimmt noch nicht: nächster Blick in { $seconds } s, längstens { $minutes } min. Strg-C beendet.
dns-senders-any = Programme auf dieser Maschine können auch von anderen Domains senden. Sehen Sie jede nach: mailsetup dns DOMAIN --provider KEY
dns-split-zone = Die Nameserver von { $zone } haben hier private Adressen: Die Welt bekommt vielleicht andere Antworten. Ein anderer Nameserver: --nameserver ADRESSE
dns-split-mx = { $host } hat hier eine private Adresse ({ $address }): Die Welt bekommt vielleicht andere Antworten. Ein anderer Nameserver: --nameserver ADRESSE
dns-split-unknown = Unbekannt: Dieses Netz hat ein eigenes { $zone }. Fragen Sie mit --nameserver einen Nameserver außerhalb.
dns-receivers-every = { $receivers }: Mail ohne { $lacks } wird abgelehnt oder aussortiert.
dns-receivers-bulk = { $receivers } verlangen { $lacks } ab { $count } Nachrichten am Tag.
dns-dmarc-several = { $domain } hat mehrere DMARC-Einträge, also zählt keiner. Lassen Sie einen stehen.
dns-value-at-provider = (der Wert steht auf der Seite des Anbieters)
dns-not-yours = Darum kümmert sich der Anbieter.
dns-no-answer = DNS gab für { $name } keine Antwort. Versuchen Sie es später noch einmal.
dns-null-mx = { $domain } nimmt nach eigener Angabe keine Mail an (Null-MX). Viele Server lehnen einen solchen Absender ab.
dns-no-mx = { $domain } hat keinen MX-Eintrag: Antworten und Fehlermeldungen kommen vielleicht nicht an.
dns-unconfirmed = Was { $provider } im DNS verlangt, ist nicht bestätigt: Vergleichen Sie es mit der Seite des Anbieters.
dns-provider-unknown = Unbekannt: Keine Voreinstellung kennt diesen Anbieter. Nennen Sie einen mit --provider.
dns-envelope-unknown = Unbekannt: { $provider } setzt vielleicht die eigene Domain in den Umschlag. Welchen SPF-Eintrag er will, steht auf seiner Seite.
dns-spf-place-unknown = { $provider } denkt sich dafür einen Namen unter Ihrer Domain aus: Folgen Sie der Seite des Anbieters.
dns-spf-not-needed = Nicht nötig: { $provider } setzt die eigene Domain in den Umschlag.
dns-spf-fine = Deckt { $provider } ab.
dns-spf-add = Der Eintrag deckt { $provider } nicht ab.
dns-spf-missing = Es gibt keinen Eintrag. Tragen Sie diesen ein; wer sonst für die Domain sendet, muss vorher hinein.
dns-spf-others-unknown = Es gibt keinen Eintrag, und ein erster kann andere Mail scheitern lassen: Finden Sie heraus, wer sonst für die Domain sendet ({ $host } nimmt ihre Mail an), und veröffentlichen Sie include:{ $include } mit diesen zusammen.
dns-spf-include-unknown = Unbekannt: Welchen Eintrag der Anbieter will, steht auf seiner Seite.
dns-spf-include-wrong = Unbekannt: { $name } hat keinen brauchbaren SPF-Eintrag. Sehen Sie auf der Seite des Anbieters nach.
dns-spf-full = include:{ $include } passt nicht hinein: { $terms } Abfragen, erlaubt sind 10. Am meisten kostet { $costly } ({ $cost }): Nehmen Sie heraus, was nicht mehr sendet.
dns-spf-nearly-full = Der SPF-Eintrag braucht { $count } der 10 erlaubten Abfragen.
dns-spf-refused-before = Ein früherer Teil des Eintrags lehnt diese Server ab: Setzen Sie include:{ $include } davor.
dns-spf-several = { $domain } hat mehrere SPF-Einträge, also zählt keiner. Lassen Sie einen stehen.
dns-spf-syntax = Der Eintrag von { $domain } hat einen Fehler und zählt daher nicht: { $term }
dns-spf-no-record = Der Eintrag nennt { $domain }, das keinen SPF-Eintrag hat, und zählt daher nicht. Nehmen Sie das heraus.
dns-spf-terms = Der Eintrag braucht mehr als 10 Abfragen und zählt daher nicht. Nehmen Sie heraus, was nicht mehr sendet.
dns-spf-void = Für mehr als zwei Namen im Eintrag gibt es keine Antwort; er zählt daher nicht. Nehmen Sie sie heraus.
dns-spf-hosts = { $domain } hat mehr als 10 MX-Hosts; ein Eintrag mit „mx“ zählt daher nicht.
dns-dkim-fine = Schlüssel mit { $bits } Bit.
dns-dkim-test = Schlüssel mit { $bits } Bit, als Test gekennzeichnet (t=y): Empfänger können ihn übergehen.
dns-dkim-short = Der Schlüssel hat { $bits } Bit, Empfänger wollen 1024: Erzeugen Sie beim Anbieter einen neuen.
dns-dkim-missing = Es gibt keinen Schlüssel. Schalten Sie DKIM bei { $provider } ein und tragen Sie ein, was dort steht.
dns-dkim-not-there = Unter diesem Namen gibt es keinen Schlüssel, und nicht jedes Konto bei { $provider } benutzt ihn: Sehen Sie auf der Seite des Anbieters nach.
dns-dkim-made-up = { $provider } denkt sich diesen Namen aus: Er steht auf der Seite des Anbieters.
dns-dkim-revoked = Der Schlüssel wurde zurückgezogen (p= ist leer). Schalten Sie DKIM bei { $provider } wieder ein.
dns-dkim-stale = Zeigt auf { $target }, wo es keinen Schlüssel gibt. Schalten Sie DKIM beim Anbieter ein oder berichtigen Sie den Eintrag.
dns-dkim-unreadable = { $name } hat keinen einzelnen Schlüssel, der sich lesen lässt.
dns-dmarc-fine = Richtlinie { $policy }, von { $domain }.
dns-dmarc-missing = Es gibt keine Richtlinie. p=none lehnt nichts ab, und große Empfänger verlangen sie.
dns-dmarc-refuses = Die DMARC-Richtlinie ist { $policy }, und diese Mail besteht nicht: Empfänger werden sie ablehnen oder aussortieren.
dns-dmarc-test = Die DMARC-Richtlinie ist als Test gekennzeichnet (t=y): Empfänger wenden die nächstschwächere an.
dns-dmarc-former = Der DMARC-Eintrag enthält { $tags }, was nichts mehr bedeutet (RFC 9989).

# Adressen, die Geheimnisse bekommen, und Zugang mit OAuth 2.0.
invalid-https-url = { $typed } ist keine Adresse wie https://login.example.com/token.
invalid-https-url-plain = { $typed } ist nicht verschlüsselt. Geheimnisse gehen nur über https://, oder über http:// an diesen Rechner.
invalid-https-url-login = In der Adresse steht ein Benutzername. Lassen Sie alles bis zum @ weg.
invalid-pasted-empty = Es wurde nichts eingefügt. Fügen Sie die Adresse ein, auf der der Browser stehen geblieben ist.
invalid-pasted-denied = Die Anmeldeseite meldet, dass der Zugang abgelehnt wurde ({ $said }). Öffnen Sie den Link noch einmal und stimmen Sie zu, oder bitten Sie einen Administrator, es zu erlauben.
invalid-pasted-refused = Die Anmeldeseite lehnt ab: { $said }.
invalid-pasted-state = Diese Adresse stammt von einem anderen Versuch. Öffnen Sie den Link, der jetzt angezeigt wird, melden Sie sich an und fügen Sie die Adresse ein, auf der der Browser stehen bleibt.
invalid-pasted-link = Das ist der Link selbst. Öffnen Sie ihn in einem Browser, melden Sie sich an und fügen Sie die Adresse ein, auf der der Browser stehen bleibt.
invalid-pasted-no-code = In „{ $typed }“ steht kein Code. Fügen Sie die ganze Adresse aus der Adresszeile des Browsers ein; darin steht code=.
oauth-certificate = Die Zertifikatsdatei ist nicht brauchbar: { $why }.
oauth-key-not-rsa = Der private Schlüssel ist kein RSA-Schlüssel. Erzeugen Sie einen mit: openssl req -x509 -newkey rsa:2048 -nodes -days 730
oauth-unreachable = { $host } war nicht erreichbar: { $why }. Der Server braucht einen Weg nach außen auf Port 443.
oauth-plain = { $host } ist nicht dieser Rechner, und http ist nicht verschlüsselt: Es wurde kein Geheimnis gesendet. Geben Sie mit --oauth-token-url eine https-Adresse an.
oauth-redirected = { $host } leitet nach { $to } um. Dorthin werden keine Geheimnisse geschickt: Prüfen Sie --oauth-token-url.
oauth-long = Die Antwort von { $host } ist zu lang für ein Token. Prüfen Sie --oauth-token-url.
oauth-no-json = { $host } hat mit Status { $status } geantwortet, und nicht wie ein Token-Endpunkt. Prüfen Sie --oauth-token-url.
oauth-incomplete = In der Antwort von { $host } fehlt ein brauchbares { $field }.
oauth-refused = { $host } lehnt ab: { $said }
oauth-expired = Der Code ist abgelaufen: Niemand hat sich damit angemeldet. Beginnen Sie noch einmal, um einen neuen zu bekommen.
oauth-cancelled = Die Anmeldung wurde abgebrochen.
oauth-no-endpoint = Für diese Art der Anmeldung fehlt eine Adresse: --oauth-device-url für device, --oauth-auth-url für redirect.
oauth-no-service-key = Das ist keine Schlüsseldatei eines Dienstkontos. Erzeugen Sie einen JSON-Schlüssel auf console.cloud.google.com unter IAM & Verwaltung > Dienstkonten > Schlüssel.
oauth-no-client-secret = Eine Anwendung meldet sich mit einem Geheimnis oder einem Zertifikat an: Geben Sie --password-file oder --oauth-certificate an.
oauth-unbuilt = Dieses mailsetup wurde ohne OAuth 2.0 gebaut. Installieren Sie eines, das es kann.

command-token = Der Zugang, den ein Profil bekommen hat
command-token-status = Wer ihn gegeben hat, und bis wann er gilt
command-token-renew = Jetzt ein neues Zugriffstoken holen
command-token-revoke = Den Zugang zurückziehen
command-token-login = Neu anmelden
token-damaged = Was für { $profile } aufbewahrt wird, ist nicht als Zugang lesbar. Melden Sie sich neu an: mailsetup token login { $profile }
token-closed = Das Zugriffstoken von { $profile } ist abgelaufen, und dieser Benutzer darf es nicht erneuern. Der Eigentümer kann es: mailsetup token renew { $profile }
token-busy = Ein anderes mailsetup erneuert das Zugriffstoken von { $profile } seit mehr als einer Minute. Versuchen Sie es später noch einmal.
token-ended = Der Zugang für { $profile } ist zu Ende: { $why } Melden Sie sich neu an: mailsetup token login { $profile }
token-none = Kein neues Zugriffstoken für { $profile }: { $why }
token-no-grant = Das Profil { $profile } meldet sich mit einem Passwort an.
token-no-grant-hint = Mit mailsetup edit PROFIL --auth xoauth2 --oauth-grant ART meldet es sich über OAuth 2.0 an.
token-revoked = Der Zugang für { $profile } wurde bei { $host } zurückgezogen.
token-forgotten = Der Zugang von { $profile } wurde hier gelöscht. Bei { $host } lässt er sich von hier nicht zurückziehen: Entfernen Sie die App in den Sicherheitseinstellungen des Kontos.
token-login-hint = Bis zu einer neuen Anmeldung geht damit keine Mail hinaus: mailsetup token login { $profile }
token-given = Zugang für { $account }, gegeben von { $host } am { $when } ({ $kind })
token-until = Das Zugriffstoken gilt bis { $when } und erneuert sich selbst.
token-over = Zurzeit gibt es kein gültiges Zugriffstoken; die nächste Mail holt eines.
token-certificate = Das Zertifikat läuft in { $days } Tagen ab.
choice-oauth-grant-device = Code in einem beliebigen Browser
choice-oauth-grant-redirect = In einem beliebigen Browser anmelden, Adresse einfügen
choice-oauth-grant-client = Die Anwendung selbst
choice-oauth-grant-service = Dienstkonto

## Zugang mit OAuth 2.0

field-oauth-grant = Art der Anmeldung
field-oauth-grant-help = Die erste hält am längsten. Wer eine App registrieren darf, kann sie nehmen; sonst die, die Ihr Administrator erlaubt.
field-oauth-tenant = Mandant
field-oauth-tenant-help = Das Verzeichnis der Organisation. Seine ID oder eine ihrer Domains.
field-oauth-client-id = Client-ID
field-oauth-client-id-help = Die ID Ihrer App, die beim Anbieter registriert ist. Die IDs anderer Programme können jederzeit abgeschaltet werden.
field-oauth-scope = Bereich (Scope)
field-oauth-scope-help = Wofür Zugang verlangt wird. Wörter mit je einem Leerzeichen dazwischen.
field-oauth-token-url = Token-Endpunkt
field-oauth-token-url-help = Der Server, der Zugriffstoken ausgibt. Ein Beispiel: https://login.example.com/oauth2/token. Geheimnisse gehen dorthin und nirgendwo sonst hin.
field-oauth-auth-url = Anmelde-Endpunkt
field-oauth-auth-url-help = Die Seite, auf der sich jemand anmeldet.
field-oauth-device-url = Geräte-Endpunkt
field-oauth-device-url-help = Woher ein Code für einen beliebigen Browser kommt.
field-oauth-ca-file = CA-Datei der Endpunkte
field-oauth-ca-file-help = Die PEM-Datei der Stelle hinter ihrem Zertifikat. Leer: die Stellen des Systems.
field-oauth-certificate = Zertifikat der App
field-oauth-certificate-help = Zertifikat und RSA-Schlüssel als PEM, statt des Geheimnisses. Für ein Dienstkonto: seine JSON-Schlüsseldatei.
field-oauth-key-file = Schlüsseldatei des Dienstkontos
field-oauth-address = Adresse, auf der der Browser stehen blieb
field-oauth-address-help = Öffnen Sie den Link auf einem beliebigen Rechner. Melden Sie sich an, stimmen Sie zu. Danach meldet der Browser, dass er keine Verbindung bekommt: Das ist richtig so. Kopieren Sie die ganze Adresse aus der Adresszeile und fügen Sie sie hier ein.
field-client-secret = Client-Geheimnis
choice-oauth-grant-device-hint = jemand gibt einen Code ein; endet nach 90 Tagen ohne Nutzung oder mit einem neuen Passwort
choice-oauth-grant-redirect-hint = jemand meldet sich an und fügt eine Adresse ein; wo Codes gesperrt sind
choice-oauth-grant-client-hint = niemand meldet sich an; ein Administrator richtet es einmal ein
choice-oauth-grant-service-hint = niemand meldet sich an; ein Workspace-Administrator richtet es einmal ein
choice-oauth-grant-none = Ein Befehl, der Token ausgibt
choice-oauth-grant-none-hint = ein anderes Programm holt und erneuert sie
oauth-open-link = Öffnen Sie diesen Link in einem beliebigen Browser:
oauth-accept = Melden Sie sich mit dem Postfach an und stimmen Sie zu.
oauth-copy-address = Der Browser endet auf einer Seite, die er nicht öffnen kann. Kopieren Sie die ganze Adresse aus der Adresszeile und fügen Sie sie hier ein.
oauth-enter-code = Öffnen Sie { $url } in einem beliebigen Browser und geben Sie den Code { $code } ein
oauth-code-lasts = Warten, bis sich jemand anmeldet. Der Code gilt noch { $minutes } Minuten.
oauth-asking = Zugang wird angefragt…
oauth-meaning = { $title }. { $steps }.
oauth-file = { $path } ist nicht brauchbar: { $cause }.
oauth-needs-person = Jemand muss sich anmelden, und hier kann niemand gefragt werden.
oauth-needs-person-hint = Starten Sie es einmal in einem Terminal, oder melden Sie sich ohne Person an: --oauth-grant client oder --oauth-grant service.
store-grant = Zugang mit OAuth 2.0 erneuert sich selbst, und { $store } lässt sich nicht ohne eine Person beschreiben: file, vault, keyring, pass oder systemd schon.
runner-broken-access = Beim Autorisierungsserver wurde nichts angefragt.

# home: the saved profiles
field-home = Ihre Postfächer
field-home-help = Wählen Sie eines zum Testen, Ändern oder Entfernen, oder richten Sie ein weiteres ein.
field-home-action = Was möchten Sie tun?
field-home-action-help = Der Test meldet sich an und bietet eine Nachricht an; nichts wird gesendet, nichts geschrieben.
field-home-action-with = { $profile }: Was möchten Sie tun?
field-home-sure = Zurücknehmen?
field-home-sure-help = Enter lässt alles, wie es ist.
field-home-sure-remove = Alles zurücknehmen, was für { $profile } geschrieben wurde?
field-home-sure-undo = Das letzte Schreiben zurücknehmen?
field-change = Was möchten Sie ändern?
field-change-help = Nichts wird geschrieben, bevor Sie es gesehen und zugestimmt haben.
field-change-of = { $profile }: Was möchten Sie ändern?
choice-change-go = Nichts weiter
choice-change-go-hint = testen und zeigen, was geschrieben würde
choice-home-test = Testen
choice-home-test-hint = jetzt anmelden und jeden Schritt sehen
choice-home-edit = Ändern
choice-home-edit-hint = die Antworten sehen und ändern
choice-home-add = Programm hinzufügen
choice-home-add-hint = noch ein Programm damit senden lassen
choice-home-remove = Entfernen
choice-home-remove-hint = zurücknehmen, was dafür geschrieben wurde
choice-home-new = Neues Postfach
choice-home-new-hint = eine weitere Adresse einrichten
choice-home-undo = Zurücknehmen
choice-home-undo-hint = das letzte Schreiben zurücknehmen
home-row = { $address }, { $server }; { $programs ->
    [none] kein Programm
   *[other] { $programs }
}; { $checked }
home-row-damaged = die Datei ist nicht lesbar: „mailsetup list“ sagt warum
home-unchecked = noch nicht getestet
home-checked = ging { $ago }
home-failed = ging { $ago } nicht: { $cause }
home-ago = { $unit ->
    [minutes] { $number ->
        [0] gerade eben
        [one] vor einer Minute
       *[other] vor { $number } Minuten
    }
    [hours] { $number ->
        [one] vor einer Stunde
       *[other] vor { $number } Stunden
    }
   *[days] { $number ->
        [one] vor einem Tag
       *[other] vor { $number } Tagen
    }
}
tui-home = Enter oder t testet, e ändert, a fügt ein Programm hinzu, r entfernt; n richtet ein weiteres Postfach ein, u nimmt das letzte Schreiben zurück.

# review: what will change, and what can be done later
review-files = { $files ->
    [one] 1 Datei:
   *[other] { $files } Dateien:
} { $parts }.
review-new = { $number } neu
review-changed = { $number } geändert
review-removed = { $number } entfernt
review-nobody = Noch sendet kein Programm über { $through }.
review-one = { $program } wird über { $through } senden.
review-several = { $others } und { $last } werden über { $through } senden.
review-answers = { $answers }{ $imported ->
    [yes] {" "}(übernommen)
   *[no] {""}
}
render-later = Später: „mailsetup check { $profile }“ testet erneut, „mailsetup edit { $profile }“ ändert, „mailsetup undo“ nimmt zurück, „mailsetup“ richtet das nächste Postfach ein, und „mailsetup explain --journal“ sagt, was protokolliert wurde.
