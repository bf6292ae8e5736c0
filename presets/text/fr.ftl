# Toutes les phrases que l’on voit, en français. Un message par phrase ; le préfixe dit où elle se trouve.

word-yes = oui
word-no = non
# Ce que l’on peut taper, en minuscules ; yes, y, no et n valent toujours.
yes-words = oui o
no-words = non n

## Champs : intitulé et aide

field-address = Adresse d’expédition
field-address-help = L’adresse d’où partent les messages. Elle indique aussi quel est votre fournisseur.
field-name = Nom affiché
field-name-help = Le nom à côté de l’adresse dans une boîte de réception. Laissez vide pour envoyer sans nom.
field-reply-to = Adresse de réponse
field-reply-to-help = Les réponses arrivent ici. Laissez vide pour qu’elles aillent à l’expéditeur.
field-provider = Fournisseur
field-provider-help = Celui dont le serveur prend vos messages. Absent de la liste ? Choisissez « un autre serveur ».
field-host = Serveur
field-host-help = Le nom du serveur d’envoi, par exemple smtp.exemple.fr.
field-security = Chiffrement
field-security-help = Le TLS implicite (465) est le meilleur choix. STARTTLS (587) convient là où 465 est bloqué.
field-port = Port
field-port-help = D’ordinaire 465 en TLS implicite, 587 en STARTTLS.
field-this-domain = Le domaine est-il juste ?
field-this-domain-help = Une faute de frappe près, c’est celui d’un grand fournisseur.
field-this-domain-is = Le domaine est-il vraiment { $domain } ?
field-this-domain-meant = Il s’agit sans doute de { $meant }. { $domain } peut appartenir à quelqu’un d’autre, qui recevrait le mot de passe. Rien n’y est cherché avant cette réponse.
field-allow-plaintext = Envoyer sans chiffrement ?
field-allow-plaintext-help = Sur le trajet vers { $host }, tout le monde peut lire le mot de passe et chaque message.
field-ca-file = Fichier d’autorité
field-ca-file-help = Le fichier PEM de l’autorité qui a signé le certificat. Vide : celles du système.
field-client-cert = Certificat client
field-client-cert-help = Un fichier PEM, si le serveur en veut un. Vide : aucun n’est présenté.
field-client-key = Clé du certificat client
field-client-key-help = Un fichier PEM sans phrase secrète, fermé aux autres. Celui du certificat peut aussi la contenir.
field-pin-sha256 = Certificat épinglé
field-pin-sha256-help = Le SHA-256 du seul certificat accepté, 64 chiffres hexadécimaux. Vide : aucun.
field-proxy = Proxy
field-proxy-help = Seulement si rien d’autre ne sort de ce réseau. C’est socks5://HÔTE:PORT ou http://HÔTE:PORT ; vide ou none : pas de proxy.
field-ehlo = Nom EHLO
field-ehlo-help = La façon dont cette machine se présente au serveur. Le mieux est son nom complet, comme web1.exemple.fr.
field-imap = Garder aussi les réglages IMAP ?
field-imap-help = Pour les programmes qui lisent la boîte. Noté dans le profil.
field-imap-host = Serveur IMAP
field-imap-host-help = Le serveur où se lit la boîte, par exemple imap.exemple.fr.
field-imap-security = Chiffrement IMAP
field-imap-security-help = Le TLS implicite (993) est le meilleur choix.
field-imap-port = Port IMAP
field-imap-port-help = 993 pour le TLS implicite, 143 pour STARTTLS.
field-imap-username = Identifiant IMAP
field-imap-username-help = En général le même que pour l’envoi.
field-arrival = Chercher le message d’essai dans la boîte ?
field-arrival-help = Il est cherché par un mot-clé de son objet. Rien n’est modifié, rien d’autre n’est lu.
field-arrival-consent = mailsetup se connecte à { $host } comme { $username } et cherche ce seul message par un mot-clé de son objet : dans la boîte de réception, parmi les indésirables, puis ailleurs. Aucun marqueur ne change, aucun autre message n’est ouvert, rien n’est gardé.
field-arrival-to = Boîte pour le message d’essai
field-arrival-to-help = Le message d’essai y est envoyé et cherché. Une adresse à vous chez un autre fournisseur en dit plus sur le domaine de l’expéditeur.
field-auth = Méthode d’identification
field-auth-help = À laisser sur automatique, sauf avis de votre fournisseur.
field-username = Identifiant
field-username-help = En général l’adresse complète.
field-password = Mot de passe
field-password-help = Il n’est affiché nulle part. Il n’est gardé que là où vous le choisissez.
field-password-token = Jeton d’accès
field-spaces = Retirer les espaces ?
field-spaces-help = Votre mot de passe contient des espaces. Ce fournisseur affiche ses mots de passe d’application par groupes ; les espaces n’en font pas partie.
field-reuse-secret = Utiliser le mot de passe connu pour ce serveur et cet identifiant
field-reuse-secret-help = Il a été donné pour { $bound }. Oui le donne à { $asked }, et désormais à personne d’autre ; non demande le mot de passe de cet identifiant.
field-test = Test en direct
field-test-help = Rien n’est écrit avant le test.
field-test-to = Envoyer le message de test à
field-test-to-help = Un court message y est envoyé.
field-force = Le test a échoué
field-force-help = Rien n’a été écrit.
field-target = Écrire les réglages pour
field-target-help = Les programmes de cette machine qui envoient des messages. Le profil est gardé dans tous les cas.
field-secret-store = Garder le mot de passe dans
field-secret-store-help = Celui qui envoie doit pouvoir le lire sans personne.
field-password-env = Variable avec le mot de passe
field-password-env-help = Son nom. Elle doit être définie partout d’où partent des messages.
field-password-command = Commande qui affiche le mot de passe
field-password-command-help = Elle est exécutée par /bin/sh à chaque envoi.
field-secret-command-path = Programme qui remet le mot de passe aux autres
field-secret-command-path-help = msmtp, git et d’autres l’exécutent à chaque envoi. Vide : le mailsetup qui tourne en ce moment.
field-scope = Pour qui
field-scope-help = Pour votre compte, ou pour toute la machine.
field-profile = Nom du profil
field-profile-help = Les réglages sont gardés sous ce nom. Un seul profil suffit à la plupart des machines.
choice-profile-new = Créer un autre profil, { $profile }
choice-profile-new-hint = pour { $address }
choice-profile-change = Modifier le profil { $profile }
choice-profile-change-hint = jusqu’ici { $address } sur { $host } ; les programmes qui l’utilisent changent avec lui
field-yes = Écrire ces fichiers ?
field-yes-help = Chaque fichier déjà présent est gardé en copie ; « mailsetup undo » annule tout.

## Choix : intitulé et précision

choice-provider-custom = Un autre serveur
choice-provider-custom-hint = le vôtre, ou un serveur absent de cette liste
choice-security-tls = TLS implicite
choice-security-starttls = STARTTLS
choice-security-none = Sans chiffrement
choice-security-port = { $mode ->
    [smtp-none] port { $port }, seulement pour cette machine ou un réseau de confiance
    [imap-none] port { $port }, seulement pour cette machine ou un réseau de confiance
   *[other] port { $port }
}
choice-auth-auto = Automatique
choice-auth-auto-hint = la meilleure que les deux côtés connaissent
choice-auth-plain = PLAIN
choice-auth-plain-hint = identifiant et mot de passe en une fois
choice-auth-login = LOGIN
choice-auth-login-hint = ancienne, certains serveurs Exchange n’ont rien d’autre
choice-auth-cram-md5 = CRAM-MD5
choice-auth-cram-md5-hint = le mot de passe lui-même n’est pas envoyé
choice-auth-scram-sha-1 = SCRAM-SHA-1
choice-auth-scram-sha-1-hint = chaque côté prouve qu’il connaît le mot de passe
choice-auth-scram-sha-256 = SCRAM-SHA-256
choice-auth-scram-sha-256-hint = de même, avec un hachage plus récent
choice-auth-xoauth2 = XOAUTH2
choice-auth-xoauth2-hint = avec un jeton d’accès OAuth 2.0 à la place du mot de passe
choice-auth-oauthbearer = OAUTHBEARER
choice-auth-oauthbearer-hint = la forme normalisée de XOAUTH2
choice-auth-none = Sans identification
choice-auth-none-hint = le serveur connaît cette machine
choice-test-send = Envoyer un message
choice-test-send-hint = prouve tout le trajet
choice-test-changed = Envoyer un message si quelque chose change
choice-test-changed-hint = pour les exécutions répétées
choice-test-login = S’identifier seulement
choice-test-login-hint = rien n’est envoyé
choice-test-connect = Se connecter seulement
choice-test-connect-hint = jusqu’au chiffrement, sans identification
choice-test-none = Pas de test
choice-test-none-hint = écrit des réglages que personne n’a essayés
choice-scope-user = Ce compte
choice-scope-user-hint = fichiers dans votre dossier personnel
choice-scope-system = Toute la machine
choice-scope-system-hint = fichiers sous /etc, demande root
choice-store-file = Un fichier à part
choice-store-file-hint = à côté du profil, lisible par son propriétaire et qui envoie
choice-store-keyring = Le trousseau du bureau
choice-store-keyring-hint = seulement tant que son propriétaire est connecté
choice-store-command = Une commande à vous
choice-store-command-hint = un script ou un autre gestionnaire qui l’affiche
choice-store-env = Une variable d’environnement
choice-store-env-hint = définie par ce qui lance le programme
choice-target-needs-root = demande root : lancez mailsetup avec sudo
choice-recover-edit = Modifier : { $field }
choice-recover-retry = Tester à nouveau
choice-recover-retry-hint = avec les mêmes réponses
choice-recover-force = Écrire quand même
choice-recover-force-hint = rien ne partira tant que la cause demeure

## Réponses refusées : ce qui ne va pas et comment y remédier

invalid-empty = Ce champ ne peut pas rester vide.
invalid-control = Il contient un caractère de contrôle. Tapez-le à la main.
invalid-address-empty = Entrez une adresse, par exemple ops@exemple.fr.
invalid-address-no-at = « { $typed } » n’a pas de @. Une adresse ressemble à ops@exemple.fr.
invalid-address-no-local = Il n’y a rien devant le @.
invalid-address-no-domain = Il n’y a rien derrière le @.
invalid-address-domain = « { $domain } » n’est pas un domaine. Derrière le @ vient par exemple exemple.fr.
invalid-address-stray = Retirez « { $character } » : il faut une seule adresse nue, comme ops@exemple.fr.
invalid-address-syntax = « { $typed } » n’est pas une adresse. Elle ressemble à ops@exemple.fr.
invalid-host-empty = Entrez le nom du serveur, par exemple smtp.exemple.fr.
invalid-host-scheme = Retirez ce qui précède le nom : { $host }
invalid-host-port = Entrez le nom seul, { $host }. Le port { $port } a son propre champ.
invalid-host-character = Retirez « { $character } » : aucun nom de serveur n’en contient.
invalid-host-dots = Il y a un point de trop dans le nom.
invalid-host-label = « { $label } » est trop long, ou commence ou finit par un tiret.
invalid-host-address = C’est une adresse e-mail. Il faut ici le nom du serveur, comme smtp.exemple.fr.
invalid-port = « { $typed } » n’est pas un port. Prenez un nombre de 1 à 65535, en général 465 ou 587.
invalid-choice = « { $typed } » ne fait pas partie de : { $choices }.
invalid-choice-near = « { $typed } » ne fait pas partie de : { $choices }. Vouliez-vous dire { $near } ?
invalid-confirm = Répondez oui ou non au lieu de « { $typed } ».
invalid-provider = Il n’y a pas de fournisseur « { $typed } ». Prenez « custom » avec un serveur, ou voyez « mailsetup providers ».
invalid-provider-near = Il n’y a pas de fournisseur « { $typed } ». Vouliez-vous dire { $near } ?
invalid-target = Il n’y a pas de cible « { $typed } ». Voyez « mailsetup targets ».
invalid-target-near = Il n’y a pas de cible « { $typed } ». Vouliez-vous dire { $near } ?
invalid-password-empty = Entrez le mot de passe. Rien ne s’affiche pendant la saisie.
invalid-proxy-kind = Donnez le proxy avec son genre : socks5://proxy.exemple.fr:1080 ou http://proxy.exemple.fr:3128. Les autres genres ne servent pas ici.
invalid-proxy-login = Donnez le proxy sans identifiant : le mot de passe serait dans des fichiers et des commandes, et aucun programme d’envoi ne s’y identifie. Faites admettre cette machine par son adresse.
invalid-proxy-port = Donnez le port du proxy, et rien derrière : socks5://proxy.exemple.fr:1080 ou http://proxy.exemple.fr:3128.
invalid-pin = Il faut le SHA-256 du certificat : 64 chiffres hexadécimaux, avec ou sans deux-points.
invalid-profile = « { $typed } » ne peut pas nommer un profil. Utilisez lettres, chiffres, points, tirets et soulignés.
invalid-profile-start = « { $typed } » ne peut pas être le nom d’un profil. Commencez par une lettre, un chiffre ou un tiret bas.
invalid-variable = Ceci ne peut pas nommer une variable. Utilisez lettres, chiffres et soulignés.

## Remarques sur les réponses

note-ehlo = « { $name } » n’est pas un nom complet. Certains serveurs en veulent un, comme web1.example.com.
note-port-mode = Le port { $port } parle d’habitude un autre mode que { $mode }. Si le test échoue à l’accueil ou au TLS, changez l’un des deux.
note-username-space = Il y a une espace dans l’identifiant. Est-ce voulu ?
note-no-login = { $host } ne propose pas d’identification. Un relais qui reconnaît cette machine à son adresse n’en demande pas : choisissez aucune. Le serveur d’envoi du fournisseur en proposerait une : revenez et vérifiez hôte et port.
note-arrival = Arrivée : { $title }.
note-arrival-own = Un message à soi-même en dit peu sur SPF, DKIM et DMARC. Une boîte chez un autre fournisseur en dit plus : --arrival-to ADRESSE avec --imap-host et --imap-password-file.
cli-no-mailbox = --arrival demande une boîte où regarder : son serveur IMAP, son identifiant et son mot de passe
cli-no-mailbox-hint = donnez --imap-host, --imap-username et --imap-password-file (ou -stdin, -fd, -env, -command), ou retirez --arrival
check-no-mailbox = Le profil { $profile } n’a pas de serveur IMAP : --arrival n’a pas de boîte où regarder
check-no-mailbox-hint = enregistrez-en un avec : mailsetup edit { $profile } --imap-host HÔTE
check-mailbox-password = Le mot de passe du profil { $profile } n’est pas pour { $host }
check-mailbox-password-hint = donnez celui de la boîte avec --imap-password-file ou --imap-password-env
proof-arrived = Arrivée : { $place }
note-foreign-logins = Le serveur ne propose que { $offered }, que mailsetup ne sait pas faire : aucun mot de passe saisi ici ne convient. msmtp avec GNU SASL, Postfix avec Cyrus SASL ou un relais par adresse (--auth none) le peuvent.
note-password-useless = { $provider } n’accepte aucun mot de passe pour l’envoi. Prenez un jeton d’accès (méthode XOAUTH2) ou un autre fournisseur.
note-password-grouped = Le mot de passe contient des espaces que ce fournisseur n’affiche que pour la lecture.
note-password-blank = Le mot de passe commence ou finit par une espace. Il est gardé tel quel.
note-password-length = { $name } : il compte { $length } caractères, celui-ci en a { $typed }. Est-ce le mot de passe du compte ?
note-password-shape = Cela ne ressemble pas à { $name }. Est-ce le mot de passe du compte ?

# Serveur de démonstration
demo-password-hint = Mot de passe de la démonstration : { $password }
demo-fault-none = Tout fonctionne
demo-fault-wrong-password = Mauvais mot de passe : chaque connexion au compte est refusée
demo-fault-blocked-port = Port bloqué : un pare-feu avale le port TLS ; STARTTLS fonctionne encore
demo-fault-expired-certificate = Certificat expiré : il a pris fin hier
demo-fault-self-signed = Certificat auto-signé : aucune autorité ne le garantit
demo-fault-wrong-name = Mauvais nom : le certificat est celui d’un autre serveur
demo-fault-login-not-offered = Pas d’identification : le serveur ne propose pas AUTH
demo-fault-sender-refused = Expéditeur refusé : le compte ne peut pas utiliser cette adresse
demo-fault-busy = Occupé : le serveur demande de revenir plus tard
demo-fault-slow = Lent : chaque réponse prend une seconde et demie

# host : cette machine, ses fichiers et ses coffres à secrets
host-no-home = Il n’y a pas de dossier personnel : HOME n’est pas définie
host-no-home-hint = Définissez HOME, ou écrivez pour tout le système avec --scope system
host-relative = { $variable } n’est pas un chemin absolu : vos réglages seraient ailleurs dans chaque dossier
host-relative-hint = Donnez-lui un chemin qui commence par /, ou supprimez-la
host-no-root = { $path } n’est pas un dossier et ne peut pas être la racine d’une image
host-no-cwd = Le dossier courant n’existe plus : placez-vous dans un dossier qui existe
host-nearest = Vouliez-vous dire { $word } ?

host-read-missing = { $path } n’existe pas
host-read-denied = { $path } : pas le droit de le lire
host-read-folder = { $path } est un dossier, pas un fichier
host-read-large = { $path } est trop grand pour un fichier de réglages
host-read-special = { $path } n’est pas un fichier ordinaire
host-read-other = Impossible de lire { $path } : { $error }
host-write-denied = { $path } : pas le droit d’y écrire
host-write-denied-hint = Lancez mailsetup avec sudo, ou choisissez un autre chemin avec --target NOM=CHEMIN
host-write-read-only = { $path } est sur un système de fichiers monté en lecture seule
host-write-full = { $path } : le disque est plein, ou votre quota est épuisé
host-write-full-hint = Faites de la place et relancez la même commande
host-write-not-folder = { $path } : un fichier occupe la place d’un dossier
host-write-folder = { $path } est un dossier : impossible d’y écrire un fichier
host-write-other = Impossible d’écrire { $path } : { $error }

host-profile-name = « { $name } » ne peut pas être le nom d’un profil
host-profile-name-hint = Utilisez au plus 64 lettres, chiffres, points, tirets et tirets bas, en commençant par une lettre, un chiffre ou un tiret bas
host-no-profile = Il n’y a pas de profil nommé { $name }
host-no-profile-hint = mailsetup list montre les profils enregistrés
host-newer-schema = { $path } a été écrit par un mailsetup plus récent (schéma { $schema }) et a été laissé tel quel
host-newer-schema-hint = Mettez mailsetup à jour, ou choisissez un autre nom avec --profile NOM
host-bad-profile = Le profil ne peut pas être compris : { $place } : { $why }
host-bad-field = Le profil ne peut pas être compris : { $place } : { $field } : { $why }
toml-line = Cette ligne n’est pas du TOML : écrivez clé = valeur, une par ligne
toml-quotes = Un texte demande un guillemet à chaque bout : clé = "valeur"
toml-brackets = Le nom d’une table se met entre crochets, comme [smtp], et une liste finit par ]
toml-twice = Ceci figure deux fois dans le fichier : retirez-en une
toml-not-text = Ce n’est pas du texte UTF-8 : retapez-le
toml-text = Il faut ici un texte entre guillemets
toml-yes-no = Il faut ici true ou false, sans guillemets
toml-number = Il faut ici un nombre entier, sans guillemets
toml-list = Il faut ici une liste de tables, chacune avec son nom entre [[doubles crochets]]
toml-table = Il faut ici une table : son nom entre [crochets] sur une ligne, ses clés en dessous
profile-missing = Il manque
profile-no-key = Il n’y a pas de telle clé dans [{ $table }]
profile-no-top-key = Il n’y a pas de telle clé hors des tables
profile-path-not-text = Un chemin qui s’y trouve n’est pas du texte UTF-8

host-locked = Un autre mailsetup est en train d’écrire (processus { $pid })
host-locked-unknown = Un autre mailsetup est en train d’écrire
host-locked-hint = Attendez sa fin, puis relancez la même commande
host-changed = { $path } a été modifié entre-temps par quelqu’un d’autre : rien n’a été écrit
host-changed-hint = Relancez la même commande pour voir les nouvelles différences
host-link-dangling = { $path } est un lien symbolique qui ne mène nulle part
host-link-shared = { $path } passe par un dossier où tout le monde peut écrire
host-link-foreign = { $path } mène à un fichier d’un autre utilisateur
host-link-outside = { $path } n’est pas sous la racine de l’image
host-link-hard = { $path } a un second nom ailleurs, dans un dossier où tout le monde peut écrire
host-link-strange = { $path } est un lien, un périphérique ou un fichier à deux noms ; un simple fichier de mailsetup doit s’y trouver
host-link-strange-hint = Cherchez qui l’a mis là, puis supprimez-le : rm { $path }
host-foreign = { $path } appartient à { $owner } : son contenu agirait avec vos droits
host-foreign-hint = Lancez mailsetup en tant que { $owner } (sudo -H -u { $owner } mailsetup …) ou avec --scope system. S’il doit être à vous, prenez-le avec chown
host-image-foreign-hint = Qui peut changer le chemin dans l’image dirige ce qui y est écrit : chown root:root { $path } si elle doit être à root, ou lancez mailsetup en tant que { $owner }
host-writable = D’autres peuvent modifier { $path } : ce qu’ils y mettent agirait avec vos droits
host-writable-hint = Vérifiez son contenu, puis retirez ce droit : chmod go-w { $path }
host-writable-link-hint = { $path } est un lien : supprimez-le ou mettez à sa place un fichier à vous
host-second-name = { $path } a un second nom (un lien physique), peut-être celui d’un fichier de cette machine
host-second-name-hint = Si ce lien vient des outils de l’image, faites-en un fichier à part : cp -p { $path } { $path }.new && mv { $path }.new { $path }
host-store-image = Le stockage « { $store } » ne sert pas pour une image : il serait exécuté ou cherché sur cette machine
host-store-image-hint = Gardez le mot de passe d’une image dans le stockage file, ou dans un coffre avec fichier de clé ou phrase secrète
host-link-hint = Mettez-y un fichier ordinaire, ou choisissez un autre chemin avec --target NOM=CHEMIN
host-no-group = Il n’y a pas de groupe nommé { $group }
host-owner = { $path } : impossible de fixer son propriétaire et son groupe
host-owner-hint = Lancez mailsetup avec sudo
host-extended = { $path } : { $name } ne peut pas être repris dans la nouvelle version ({ $error }). Rien n’est changé.
host-extended-hint = Retirez-le du fichier s’il ne sert pas (« setfacl -b », « setfattr -x »), ou lancez mailsetup avec sudo
host-run-start = { $command } n’a pas pu être lancée : { $error }
host-run-slow = { $command } ne s’est pas terminée en { $seconds } secondes
host-run-large = { $command } affiche sans fin
host-run-failed = { $command } a échoué ({ $status })
host-run-said = { $command } a échoué : { $said }
host-journal = La trace d’une écriture précédente ne peut pas être comprise : { $path } ({ $error })
host-journal-hint = Déplacez { $path } pour continuer sans elle
host-conflict = { $path } a été modifié depuis, dans les lignes écrites par mailsetup ; rien n’a été changé
host-conflict-hint = Modifiez-le à la main ; son contenu d’avant est dans { $backup }
host-conflict-new-hint = Modifiez-le à la main ; ce fichier n’existait pas avant
host-nothing-to-undo = Il n’y a aucune écriture à annuler
host-put-back = Tout a été remis comme avant
host-not-put-back = { $path } n’a pas été remis comme avant ; son contenu d’avant est dans { $backup }
host-not-taken-away = { $path } n’a pas été retiré : supprimez-le à la main
host-cut-off = Une exécution du { $when } a été interrompue. D’abord sont rétablis : { $files }
host-cut-off-stays = Une exécution du { $when } a été interrompue et a laissé à moitié faits : { $files }. mailsetup undo les rétablit
secret-cut-off = { $why }. Une exécution du { $when } a été interrompue : mailsetup undo rétablit ce qu’elle avait écrit
host-recovered = Une exécution du { $when } a été interrompue ; ce qu’elle avait écrit a été annulé
host-recovered-not = { $path } a été modifié depuis et a été laissé tel quel ; son contenu d’avant est dans { $backup }
host-recovered-left = { $path } a été modifié depuis et a été laissé tel quel
host-undo-damaged = { $path } était abîmé et redevient comme avant cette écriture. Le texte abîmé est conservé dans { $backup }
host-undo-gone = { $path } a été supprimé depuis et le reste ; son contenu d’avant est dans { $backup }
host-undo-gone-new = { $path } a été supprimé depuis et le reste
host-dropped-unknown = { $target } : on ne sait plus comment était son fichier. Il reste tel quel, avec le mot de passe s’il y est
host-taken-over = { $path } appartient désormais au profil { $profile } : le fichier reste tel quel

host-input-stdin = Impossible de lire le mot de passe sur l’entrée standard : { $error }
host-input-descriptor = Impossible de lire le mot de passe sur le descripteur { $number } : { $error }
host-input-variable = La variable d’environnement { $name } n’est pas définie
host-input-no-variable = La variable qui doit contenir le mot de passe n’est pas définie
host-input-no-file = Il n’y a pas de tel fichier où lire le mot de passe
host-input-no-file-hint = Nommez le fichier qui contient le mot de passe ; le mot de passe lui-même n’a sa place dans aucun argument.
host-input-empty = Le mot de passe est vide
host-input-not-text = Le mot de passe n’est pas du texte UTF-8
host-input-long = Le mot de passe dépasse 64 Kio
host-command-start = La commande du mot de passe n’a pas pu être lancée : { $error }
host-command-slow = La commande du mot de passe ne s’est pas terminée en { $seconds } secondes
host-command-failed = La commande du mot de passe a échoué ({ $status })
host-command-steered = La commande du mot de passe n’est pas lancée par root : d’autres peuvent modifier { $path }
host-command-steered-hint = Placez le programme là où seul root peut écrire, ou faites-le lancer par l’utilisateur qui envoie : --run-as UTILISATEUR
host-command-hint = Lancez vous-même la commande pour voir ce qu’elle dit : ce pourrait être le mot de passe, donc rien n’est affiché.

host-secret-open = { $path } contient le mot de passe, et tout le monde sur cette machine peut le lire (mode { $mode })
host-secret-open-hint = Fermez-le avec : chmod { $mode } { $path }
host-secret-missing-hint = Saisissez à nouveau le mot de passe avec mailsetup edit
host-secret-no-entry = Le magasin n’a pas d’entrée { $entry } de mailsetup
host-secret-foreign = Ce mot de passe a été donné pour { $bound }, et non pour { $asked } : il n’est pas remis
host-secret-unclear = Ce qui dit pour qui ce mot de passe a été donné est endommagé : il n’est pas remis
host-secret-unclear-hint = Saisissez de nouveau le mot de passe avec mailsetup edit
host-secret-foreign-hint = Saisissez le mot de passe de l’autre serveur avec mailsetup edit
binding-login = { $host }, en tant que { $username }
binding-host = { $host }
secret-for = pour { $whom }
show-secret = mot de passe pour { $whom }
secret-git-foreign = Ce mot de passe sert à envoyer par le serveur et le port du profil, pas pour { $asked } : il n’est pas donné
secret-git-input = git ne dit pas quel mot de passe il veut : { $cause }
host-keyring-absent = Ce mailsetup a été construit sans le trousseau.
host-keyring-no-bus = Pas de trousseau : aucune session de bureau n’est ouverte ici (pas de bus de session D-Bus)
host-keyring-no-service = Pas de trousseau : aucun service de trousseau ne tourne dans cette session
host-keyring-silent = Pas de trousseau : il n’a pas répondu à temps
host-keyring-locked = Le trousseau est verrouillé et n’a pas été déverrouillé
host-keyring-ambiguous = Le trousseau a cette entrée plusieurs fois : supprimez les autres
host-keyring-other = Le trousseau ne fonctionne pas : { $error }
host-keyring-hint = Déverrouillez le trousseau, ou choisissez --secret-store file
## Ligne de commande

cli-about = Met en état l’envoi de messages d’un serveur, et prouve qu’il marche.
cli-usage = mailsetup [ADRESSE] [OPTIONS]
    {"              "}mailsetup COMMANDE [ARGUMENTS]
cli-after-help = Sans commande, mailsetup configure un relais : dans un terminal il pose des questions, dans un script il prend tout des options.
    Chaque option peut aussi venir d’une variable (MAILSETUP_HOST pour --host) ou d’un fichier (--answers FICHIER.toml).
    Pour essayer sans rien posséder : mailsetup --demo
cli-heading-commands = Commandes
cli-heading-options = Options
cli-heading-usage = Utilisation :
cli-heading-arguments = Arguments
cli-answers-unreadable = Le fichier de réponses { $file } est illisible : { $cause }
cli-answers-syntax = { $file }, ligne { $line } : { $cause }
cli-answers-unknown = { $file } : aucune réponse ne s’appelle « { $key } ».
cli-answers-kind = { $file } : « { $key } » doit être un texte, un nombre, true, false ou une liste de textes.
cli-answers-password = { $file } : un mot de passe n’a pas sa place dans un fichier de réponses. Donnez password_file, password_env ou password_command.
cli-did-you-mean = Vouliez-vous dire { $near } ?
cli-preset = Un de vos préréglages est ignoré : { $fault }
cli-preset-key = Une clé d’un de vos préréglages est ignorée : { $fault }
cli-image-presets = { $path } n’est pas lu : il appartient à l’image. Les préréglages et les textes viennent de cette machine seule
cli-text = Une phrase de votre propre fichier de textes est inutilisable : { $fault }
cli-timeout = --timeout : « { $typed } » n’est pas un nombre de secondes entre 0.1 et 3600.
cli-lock-timeout = --lock-timeout : « { $typed } » n’est pas un nombre de secondes entre 0 et 86400.
cli-output = Impossible d’écrire la sortie : { $cause }
cli-input = Impossible de lire l’entrée standard : { $cause }
cli-terminal = Le terminal a disparu : { $cause }
cli-bad-answer = { $name } : { $why }
cli-password-fd = { $flag } prend le numéro d’un descripteur de fichier ouvert.
cli-passwords = Dites une seule fois d’où vient le mot de passe : { $names }.
cli-switch = { $name } : répondez oui ou non au lieu de « { $typed } ».
cli-empty-hint = Laissez-la de côté si vous n’en voulez pas ; dans un script, vérifiez que sa variable est définie.
cli-contradiction = { $one } et { $other } se contredisent. N’en donnez qu’une.
cli-passphrases = Dites une seule fois d’où vient la phrase secrète du coffre : { $names }.
cli-idle = { $flag } est sans effet avec { $other }.
cli-idle-without = { $flag } est sans effet sans { $other }.
cli-idle-program = { $flag } est sans effet : aucune cible ici ne lance un programme pour le mot de passe.
cli-idle-targets = { $flag } ne compte que pour ces cibles, et aucune n’a été choisie : { $targets }.
cli-idle-targets-hint = Ajoutez-en une avec { $target }, ou omettez { $flag }
cli-vault-locked = Le coffre existe déjà, verrouillé avec { $lock } ; { $flag } n’y change rien.
cli-vault-locked-hint = Pour le changer : mailsetup vault lock-with { $lock }
cli-group-of-nobody = { $group } demande des utilisateurs qui envoient, outre root : nommez-les avec { $users }.
cli-image-program = --image-program est le chemin de mailsetup dans l’image de --root ; il commence par une barre oblique.
cli-image-program-hint = Par exemple : --root /srv/image --image-program /usr/bin/mailsetup
cli-variable-unknown = { $name } n’est pas une variable de mailsetup.
cli-variable-password = MAILSETUP_PASSWORD n’est pas lue. Dites où se trouve le mot de passe : MAILSETUP_PASSWORD_FILE, MAILSETUP_PASSWORD_ENV ou MAILSETUP_PASSWORD_COMMAND.
cli-ca-file-unreadable = --ca-file : { $file } est illisible : { $cause }
cli-ca-file-bad = --ca-file : { $file } ne contient aucun certificat utilisable : { $cause }
cli-ca-file-hint = Il faut un fichier PEM avec le certificat de l’autorité : -----BEGIN CERTIFICATE-----
cli-client-key-alone = --client-key est donné sans --client-cert
cli-client-key-alone-hint = Donnez les deux : --client-cert FICHIER --client-key FICHIER. Un fichier qui contient les deux : --client-cert seul.
cli-client-cert-unreadable = { $file } est illisible : { $cause }
cli-client-cert-none = --client-cert : { $file } ne contient aucun certificat lisible
cli-client-cert-none-hint = Il faut un fichier PEM avec d’abord le certificat, puis ceux de son autorité : -----BEGIN CERTIFICATE-----
cli-client-key-none = --client-key : { $file } ne contient aucune clé privée utilisable
cli-client-key-none-hint = Il faut un fichier PEM avec une clé RSA, ECDSA ou Ed25519 : -----BEGIN PRIVATE KEY-----
cli-client-key-locked = --client-key : { $file } demande une phrase secrète, que personne ne saisit à l’envoi
cli-client-key-locked-hint = Retirez-la dans un fichier à part : (umask 077; openssl pkey -in { $file } -out client-key.pem)
cli-client-key-open = --client-key : tout le monde peut lire { $file }
cli-client-key-open-hint = Fermez-le d’abord : chmod o= { $file }
cli-client-key-other = { $key } n’est pas la clé du certificat de { $cert }
cli-client-key-other-hint = Les deux doivent afficher la même chose : openssl x509 -in { $cert } -noout -pubkey; openssl pkey -in { $key } -pubout
cli-client-cert-expired = --client-cert : le certificat de { $file } a expiré le { $day }
cli-client-cert-expired-hint = Demandez-en un nouveau à qui gère le serveur.
cli-client-cert-early = --client-cert : le certificat de { $file } n’est valable qu’à partir du { $day }
cli-client-cert-early-hint = Vérifiez l’horloge de cette machine : date
cli-cancelled = Annulé. Rien n’a été écrit.

flag-help = Affiche cette aide
flag-version = Affiche la version
flag-imap = Garde les réglages IMAP dans le profil
flag-no-imap = Ne garde aucun réglage IMAP
flag-arrival = Chercher le message d’essai dans la boîte, par IMAP, et dire où il est arrivé
flag-no-arrival = Ne regarder dans aucune boîte
flag-arrival-to = Envoyer le message d’essai à cette adresse à vous, et l’y chercher
flag-arrival-delete = Retirer le message d’essai une fois qu’il est vu arrivé
flag-imap-password-stdin = Lire le mot de passe de la boîte sur l’entrée standard
flag-imap-password-file = Lire le mot de passe de la boîte dans un fichier
flag-imap-password-fd = Lire le mot de passe de la boîte sur un descripteur de fichier
flag-imap-password-env = Lire le mot de passe de la boîte dans une variable d’environnement
flag-imap-password-command = Lancer une commande qui affiche le mot de passe de la boîte
flag-this-domain = Le domaine de l’adresse est juste, même s’il ressemble à une faute de frappe pour un grand fournisseur
flag-allow-plaintext = Accepte d’envoyer sans chiffrement au-delà de cette machine
flag-yes = Écrit sans demander
flag-force = Écrit même si le test échoue
flag-through = Écrire les programmes pour le relais que cette cible a mis ici, comme msmtpd
flag-take-over = Prend la place d’un autre profil dans un fichier où un seul tient
flag-unproven = Écrit sans essai, et sans un mot de passe qui n’existe qu’à l’exécution ; « mailsetup check » le prouve alors
flag-image-program = Où se trouve mailsetup dans l’image de --root : ce que passwordeval et autres y exécutent
flag-password-stdin = Lit le mot de passe sur l’entrée standard
flag-password-file = Lit le mot de passe dans ce fichier
flag-password-fd = Lit le mot de passe sur ce descripteur
flag-answers = Prend les réponses dans ce fichier TOML
flag-dry-run = Teste et prépare, sans rien envoyer ni écrire
flag-all = Chaque profil qui n’est pas retiré
flag-drift = Regarde seulement si les fichiers correspondent au profil, sans le réseau
flag-scope = Réglages de cet utilisateur, ou de tout le système
flag-target = Écrit les réglages pour ce programme ; mailsetup targets les liste
flag-test = Jusqu’où va le test en direct
flag-pin-sha256 = Se fie à ce seul certificat, par son SHA-256
flag-ehlo = Le nom par lequel cette machine salue le serveur
flag-dry-run-command = Montre ce qui serait fait, sans rien changer
flag-diff = Montre ce qui est écrit, sous forme de différences
flag-plain = Pose de simples questions au lieu du plein écran
flag-demo = Essaie tout avec un serveur intégré
flag-root = Écrit sous ce dossier, comme pour une image
flag-timeout = Durée maximale d’une étape du test, en secondes (10)
flag-if-exists = Réussir aussi quand ce profil n’existe pas
flag-purge = Ne rien garder qui le ferait revenir, pas même une copie du mot de passe
flag-lock-timeout = Combien de secondes attendre un autre mailsetup en train d’écrire (10)
flag-lang = Langue
flag-color = Couleurs ; NO_COLOR compte
flag-json = Affiche un document JSON, ne demande rien
flag-no-input = Ne demande rien ; dit ce qui manque
flag-quiet = Ne dit que ce qui échoue
flag-verbose = En dit plus
flag-send = Envoie aussi un message
flag-offline = N’utilise pas le réseau
flag-eml = Le message enregistré ou ses en-têtes, ou - pour l’entrée standard
flag-jsonl = Explique des lignes JSON lues sur l’entrée standard
flag-stale = Seulement ceux dont les informations ont été vérifiées il y a plus de MONTHS mois (18), les plus anciennes d’abord
flag-provider = La clé du fournisseur
flag-host = Le nom du serveur
flag-port = Le port du serveur
flag-stage = L’étape où cela s’est produit
flag-file = Lit ce fichier : un journal, un message revenu, une réponse
flag-journal = Lit le courrier dans le journal du système
flag-since = Seulement ce qu’un journal dit depuis TIME : 2h, 3d, today, 2026-11-30 03:00
flag-profile = Le nom du profil
flag-print = Affiche au lieu d’écrire

command-check = Teste à nouveau un profil ; pour cron et la surveillance
command-apply = Rend chaque fichier conforme au profil
command-detect = Affiche les réglages pour des adresses
command-arrival = Dit ce que le destinataire a pensé d’un message, d’après ses en-têtes
command-explain = Dit ce que signifie une réponse de serveur ou une erreur
command-export = Écrit un profil pour un programme de plus
command-list = Liste les profils
command-show = Affiche un profil
command-edit = Modifie un profil
command-remove = Reprend ce qui a été écrit pour un profil
command-undo = Annule la dernière écriture
command-purge = Supprime tout ce qui est gardé des profils retirés
command-secret = Affiche le mot de passe d’un profil, pour passwordeval et autres
command-providers = Liste les fournisseurs connus
command-targets = Liste les programmes pris en charge
command-generate = Produit la page de manuel, les complétions ou les schémas
command-help = Affiche l’aide d’une commande
command-man = Produit la page de manuel
command-completions = Produit les complétions d’un shell
command-schema = Produit le schéma JSON d’un fichier

arg-profile = Le nom du profil
arg-address = Adresses e-mail
arg-reply = La réponse ou l’erreur, ou - pour l’entrée standard
arg-target = Le nom de la cible, ou NOM=CHEMIN
arg-query = Une partie d’un nom
arg-shell = Le shell
arg-kind = Quel fichier, ou le document de quelle commande
arg-command = La commande

usage-password = { $flag } n’existe pas : tous les utilisateurs de cette machine peuvent lire les arguments. Prenez --password-file, --password-stdin, --password-fd, --password-env ou --password-command.
usage-unknown-flag = { $flag } n’est pas compris ici.
usage-unknown-command = Il n’y a pas de commande { $command }.
usage-no-value = { $flag } demande une valeur.
usage-bad-value = { $flag } : « { $value } » ne fait pas partie de : { $values }.
usage-missing = { $flag } manque.
usage-no-command = Il manque une commande.
usage-conflict = { $flag } ne peut pas servir ici.
usage-twice = { $flag } est donné deux fois ; une fois suffit.
usage-too-many = Il y a ici plus qu’une adresse et des options.
usage-other = { $flag } n’est pas compris.
usage-help = Voir : mailsetup --help

script-missing = Il manque : { $flags }
script-missing-hint = Donnez-les en options, en variables, ou dans un fichier avec --answers.
script-reuse = Le mot de passe a été donné pour { $bound }, et non pour { $asked }
script-reuse-hint = Indiquez l’autre mot de passe avec --password-file ou --password-stdin ; --reuse-secret lui donne celui-ci, qui n’est alors plus que pour lui
script-profile-taken = Le profil { $profile } est celui de { $address } sur { $host } : il n’est pas remplacé sans votre accord
script-profile-damaged = Le profil { $profile } est endommagé : il n’est pas remplacé sans votre accord
runner-profile-taken-hint = Une autre exécution vient de l’enregistrer. Rien n’a été écrit. Relancez mailsetup avec --profile et un autre nom ; --profile { $profile } modifie celui-là
script-profile-taken-hint = --profile { $free } crée un autre profil ; --profile { $profile } modifie celui-là, et les programmes qui l’utilisent
script-missing-password-hint = Donnez-les en options, en variables, ou dans un fichier avec --answers. Pour un serveur qui prend les messages sans identification : --auth none.
script-missing-provider-hint = Donnez-les en options, en variables, ou dans un fichier avec --answers. Pour un serveur à vous : --provider custom avec --host.
script-mistyped = { $domain } est sans doute une faute de frappe pour { $meant }.
script-mistyped-hint = Corrigez l’adresse. Si le domaine est juste, dites-le : { $flag }
warn-slip = { $domain } ressemble à { $meant } : il peut appartenir à quelqu’un d’autre, donc rien n’en est recherché. S’il est juste, dites-le : --this-domain
script-needs-yes = Tout est testé et préparé ; il manque --yes pour écrire.
script-needs-yes-hint = Voyez d’abord ce qui serait écrit : --dry-run --diff
script-cancelled = Annulé. Rien n’a été écrit.
script-nothing-written = Rien n’a été écrit.
script-next = Lancez ensuite :
script-again = Puis relancez :

talk-welcome = mailsetup : quelques questions, un test en direct, puis les réglages sont écrits.
talk-keys = Échap revient en arrière, Ctrl-C quitte. Rien n’est écrit avant votre accord.
talk-welcome-lines = Entrée prend ce qui est entre crochets. < revient, - vide une réponse, ? aide, Ctrl-C quitte.
talk-prompt-keys = Échap : retour
talk-lines-keys = Entrée prend ce qui est entre crochets. < revient, - vide une réponse, Ctrl-C quitte.
talk-lines-search = Il y en a { $count } en tout : tapez une partie du nom pour chercher, ou ? pour la liste.
talk-lines-all = Il y en a { $count } en tout : tapez ? pour la liste.
talk-lines-no-match = Rien ne correspond à « { $typed } ». Tapez une autre partie du nom, ou ? pour la liste.
talk-change = Que voulez-vous modifier ?
talk-menu = D’abord casser ou réparer le serveur de la démonstration
talk-testing = Test en cours ...
talk-writing = Écriture ...

crash = Une erreur de mailsetup lui-même l’a arrêté. Signalez cette ligne, elle ne contient rien de vous :
runner-taken-back = Tout a été remis comme avant.
runner-broken = Une erreur de mailsetup lui-même a mis fin à cette étape, à { $place }. Signalez cet endroit : il ne contient rien de vous.
runner-broken-plan = Rien n’a été écrit. Retirez une cible, ou donnez-lui un autre fichier, pour voir laquelle est en cause.
runner-broken-write = Relancez mailsetup : il annule d’abord ce qui a été écrit à moitié.
runner-mismatch = { $target } ne lirait pas { $field } comme prévu.
runner-left-to-do = Reste à lancer dans l’image : { $command }
runner-planned-again = { $path } a été modifié par quelqu’un d’autre après que vous avez vu le plan ; ses changements sont gardés

message-subject = Message de test de { $host }
message-body = { $host } a envoyé ce message le { $when } pour prouver que son courrier part.

    C’est le cas. Il n’y a rien à faire de ce message.
message-subject-written = Message de test de { $host }, avec les réglages écrits
message-body-written = { $host } a envoyé ce message le { $when } avec les réglages relus dans { $file }.

    Ils marchent. Il n’y a rien à faire de ce message.

check-passed = Profil { $profile } : le courrier part.
check-passed-image = Profil { $profile } : le courrier part d’ici avec les réglages de l’image. Seul son premier démarrage peut montrer qu’elle envoie.
check-drift = { $path } ({ $target }) : { $fields } ne correspond plus au profil
check-missing = { $path } ({ $target }) manque
check-edited = { $path } ({ $target }) n’est plus tel qu’il a été écrit, bien que ses réglages soient justes
check-drifted = Profil { $profile } : le serveur prend ses messages, mais tous les fichiers ici ne correspondent pas au profil.
check-no-drift = Profil { $profile } : chaque fichier correspond au profil.
check-apply = Ensuite : mailsetup apply { $profile } les réécrit.
check-older-call = { $file } demande le mot de passe sans nommer le serveur. Cela continue de fonctionner ; mailsetup export { $target } --profile { $profile } l’écrit à nouveau
check-unsaved = Le résultat n’a pas été conservé : { $why }
detect-no-address = « { $typed } » n’est pas une adresse.
detect-unknown = { $address }  aucun préréglage ne connaît ce domaine. Prenez --provider custom avec --host.
explain-nothing = Rien à expliquer : collez la réponse après « mailsetup explain », ou envoyez-la par un tube.
explain-file = Impossible de lire { $file } : { $cause }
explain-journal = Impossible de lire le journal du système : { $cause }
explain-journal-hint = Si le courrier est consigné dans un fichier : mailsetup explain -f /var/log/mail.log
explain-since = « { $typed } » n’est pas un moment. Écrivez 90min, 2h, 3d, today, yesterday, 2026-11-30 ou "2026-11-30 03:00".
explain-since-no-log = --since demande un journal, dont les lignes commencent par une date. Sans cette option, ce texte sera expliqué.
explain-long = Le texte dépasse 4 Mio : la suite n’est pas lue. D’un journal, chaque ligne est lue.
explain-no-text = Ce n’est pas un texte, mais { $kind }.
explain-no-text-unpack = Décompressez-le d’abord : { $command }
explain-no-text-type = Tapez le texte qui s’y trouve, ou copiez-le.
log-read = { $lines ->
    [one] { $lines } ligne lue.
   *[other] { $lines } lignes lues.
}
log-cut = { $lines ->
    [one] { $lines } entrée dépasse { $size } Kio : seul son début a été lu.
   *[other] { $lines } entrées dépassent { $size } Kio : seul leur début a été lu.
}
log-group = { $count } × { $title }
log-from-to = De { $first } à { $last }
log-at = À { $time }
log-messages = Messages, les derniers : { $names }
log-recipients = Destinataires, les derniers : { $names }
log-strangers = Refusés par le serveur de courrier de cette machine. Il n’y a rien à corriger, sauf si l’un d’eux est à vous :
explain-line-object = Ligne { $line } : un objet JSON est attendu, tel que { $example }
explain-line-field = Ligne { $line } : { $field } : { $why }
explain-line-text = Il faut ici un texte
explain-line-missing = Il manque
explain-line-near = « { $typed } » veut sans doute dire { $near }.

arrival-paste = Collez les en-têtes du message, puis appuyez sur Ctrl+D sur une ligne vide.
arrival-unreadable = Impossible de lire le message { $file } : { $cause }
arrival-no-message = Ce ne sont pas les en-têtes d’un message.
arrival-no-message-hint = Enregistrez le message en .eml, ou copiez tous les en-têtes : dans Gmail « Afficher l’original », dans Outlook « Afficher la source du message ».
arrival-passed = Ce que le destinataire a vérifié est bon pour { $domain }
arrival-junk = Un filtre a pris ce message pour du spam
arrival-failing = Pour le destinataire, rien ne prouve que ce message vient de { $domain }
arrival-unsaid = Le destinataire ne dit pas si ce message vient de { $domain }
arrival-label-receiver = Destinataire
arrival-label-envelope = Enveloppe
arrival-label-tls = Dernier saut
arrival-label-spam = Filtres
arrival-label-way = Trajet
arrival-label-unbelieved = Non retenu
arrival-not-said = non précisé
arrival-aligned-strict = le domaine de From
arrival-aligned-relaxed = va avec le domaine de From
arrival-aligned-none = autre domaine que From
arrival-selector = sélecteur { $selector }
arrival-policy = politique { $policy }
arrival-tls-version = TLS { $version }
arrival-tls-some = chiffré
arrival-tls-none = non chiffré
arrival-spam-yes = spam
arrival-spam-no = pas de spam
arrival-hop = { $from } vers { $by }
arrival-after = après { $seconds } s
arrival-sender-says = selon l’expéditeur
arrival-do = Que faire :
arrival-do-spam = { $filter } l’a pris pour du spam. Écrivez comme une personne, pas « test » ; marquez le message « non-spam », faites passer SPF, DKIM et DMARC, et recommencez. Une seule fois ne condamne pas le domaine.
arrival-do-silent = { $receiver } ne dit rien de SPF, DKIM et DMARC, comme pour le courrier d’un même fournisseur. Envoyez un message à une boîte d’un autre fournisseur (Gmail, Outlook.com et iCloud le disent) et lisez celui-là.
arrival-do-unsaid = Ce que dit ce destinataire ne suffit pas pour savoir. Envoyez un message à une boîte d’un autre fournisseur (Gmail, Outlook.com et iCloud disent les trois) et lisez celui-là.
arrival-do-spf-none = { $domain } n’a pas d’enregistrement SPF. Ajoutez : { $domain }. TXT "v=spf1 { $term } ~all". Avec un relais, mettez l’include: qu’il indique à la place de { $term }.
arrival-do-spf-fail = L’enregistrement SPF de { $domain } n’autorise pas le serveur qui a envoyé ce message. Ajoutez-y { $term } ou, avec un relais, l’include: qu’il indique. Il ne doit y avoir qu’un enregistrement.
arrival-do-spf-error = L’enregistrement SPF de { $domain } est faux. Cherchez un second enregistrement, un mot mal écrit, plus de 10 recherches.
arrival-do-dns = Le destinataire n’a pas pu lire les enregistrements de { $domain }. Renvoyez plus tard ; si cela dure, voyez qui gère les serveurs de noms.
arrival-do-dkim-none = Le message n’est pas signé. Activez DKIM pour { $domain } chez le relais, ou signez ici avec OpenDKIM ou Rspamd, et ajoutez l’enregistrement fourni (NOM._domainkey.{ $domain }).
arrival-do-dkim-fail = La signature DKIM de { $domain } n’est pas valable. Comparez l’enregistrement { $selector }._domainkey.{ $domain } à la clé du signataire ; s’ils concordent, quelque chose modifie le message après la signature (un pied de page, un filtre).
arrival-do-unaligned = Ce qui passe n’est pas le domaine de From ({ $others }). Faites signer le relais au nom de { $domain } (« authentification du domaine »), ou prenez un expéditeur d’enveloppe sous { $domain }.
arrival-do-strict = DMARC veut exactement le domaine de From : l’enregistrement _dmarc.{ $domain } contient adkim=s ou aspf=s. Signez avec d={ $domain }, ou retirez ces mots de l’enregistrement.
arrival-do-dmarc = { $domain } n’a pas d’enregistrement DMARC. Ajoutez : _dmarc.{ $domain }. TXT "v=DMARC1; p=none"
arrival-do-tls = Le dernier saut n’était pas chiffré. Laissez le serveur qui remet le courrier utiliser TLS (Postfix : smtp_tls_security_level = may).
arrival-do-late = Le message a attendu { $seconds } s avant que { $server } le prenne. Voyez le journal du serveur précédent : liste grise, file d’attente ou horloge fausse.
scope-other = De la portée propre à root : { $path } (--scope user)
scope-both = La portée propre à root en a un aussi, dans { $path } : --scope user
scope-written = Ceci vaut pour tout le système, dans { $path }. Pour root seul : --scope user
list-empty = Il n’y a pas encore de profil. Lancez mailsetup pour en créer un.
list-checked = { $result }, { $when }
list-unchecked = pas testé
list-disabled = retiré
remove-done = Ce qui avait été écrit pour le profil { $profile } est repris. « mailsetup undo » le rétablit.
purge-done = Profils dont plus rien n’est gardé : { $count }
remove-others = Le profil { $profile } envoie par le même agent de courrier et a besoin de ce qui a été retiré : lancez mailsetup apply { $profile }.
remove-left = Pour « mailsetup undo », des copies avec le mot de passe restent dans { $path } et dans son stockage. « mailsetup purge » les supprime
remove-already = Ce qui avait été écrit pour le profil { $profile } est déjà repris : rien n’a changé.
remove-absent = Il n’y a pas de profil { $profile } : rien à retirer
undo-done = L’écriture du { $when } pour le profil { $profile } est annulée.
undo-put-back = Cette exécution est annulée. L’écriture précédente reste en place ; pour l’annuler aussi, relancez mailsetup undo.
secret-disabled = Le profil { $profile } a été retiré.
secret-disabled-hint = « mailsetup edit { $profile } » le remet en place.
secret-none = Le profil { $profile } n’a pas d’identification, donc pas de mot de passe.
nothing-found = Rien ne correspond à « { $query } ».
demo-failed = Le serveur de démonstration ne démarre pas : { $cause }
demo-folder = La démonstration a tout écrit dans { $folder }. Supprimez-le quand vous avez fini.
demo-arrived = Arrivé pour { $to } : « { $subject } », de { $from }

## Plan : pourquoi rien n’est écrit, et ce qu’il faut savoir

plan-unknown-target = La cible « { $typed } » n’existe pas.
plan-scope-user = { $target } se configure seulement pour tout le système : lancez mailsetup en tant que root, ou ajoutez --scope system.
plan-scope-system = { $target } se configure seulement pour un utilisateur : donnez son fichier avec --target { $target }=CHEMIN, ou ajoutez --scope user.
plan-security = { $target } ne peut pas envoyer avec la sécurité « { $security } ».
plan-auth = { $target } ne peut pas s’identifier par { $auth } ; choisissez auto ou un autre mécanisme.
plan-token-stale = { $target } garde le jeton d’accès dans son fichier sans le renouveler : il cesserait d’envoyer au bout d’une heure.
plan-token-passwords-only = { $target } ne s’identifie que par mot de passe ; il ne connaît pas { $auth }.
plan-token-too-long = { $target } envoie le jeton avec la commande AUTH, où { $auth } laisse environ 300 caractères ; celui-ci est plus long, et le serveur le dirait faux.
plan-token-lacks = { $target } connaît { $auth } à partir de { $part }, qui n’est pas installé ici.
plan-token-others-renew = { $target } tourne ici en tant que { $users }, qui peut lire le jeton d’accès gardé par root, mais pas le renouveler : l’envoi cesserait au bout d’une heure.
plan-hint-token-others-renew = Omettez --run-as, pour que les programmes de root envoient. Ou donnez au relais les jetons d’une commande à vous (--target msmtp --target msmtpd --store command, sans --oauth-grant) et écrivez le programme pour lui : --through msmtpd.
plan-hint-token = Choisissez une cible qui demande chaque fois un jeton neuf : { $instead }. Ou créez une fois un relais sur cette machine (--target msmtp --target msmtpd) et écrivez ce programme pour lui : --through msmtpd.
plan-hint-token-long = Choisissez --auth xoauth2 et une cible qui envoie aussi les longs jetons : { $instead }.
plan-ca-file = { $target } ne peut pas faire confiance à une autorité à part : ajoutez-la aux certificats du système et retirez --ca-file.
plan-proxy = { $target } ne peut pas utiliser un proxy { $kind } : là où il est la seule sortie, son courrier reste ici.
plan-hint-proxy = Choisissez une cible qui le peut : { $instead }. Pour écrire celle-ci quand même : --proxy none, avec --force si le test ne peut pas réussir.
plan-hint-proxy-none = Aucune cible ne le peut. Pour écrire celle-ci quand même : --proxy none, avec --force si le test ne peut pas réussir.
choice-target-no-proxy = Elle ne peut pas utiliser ce proxy.
plan-client-cert = { $target } ne peut pas présenter de certificat client. msmtp, Postfix et Exim le peuvent : écrivez l’un d’eux et faites envoyer { $target } par lui.
plan-client-cert-files = { $target } lit le certificat client et sa clé dans un seul fichier. Faites-en un (cat CERT CLÉ > FICHIER ; chmod 600 FICHIER) et donnez-le à --client-cert et à --client-key.
plan-pin = { $target } ne peut pas faire confiance à un seul certificat ; donnez celui de l’autorité avec --ca-file, ou choisissez une autre cible.
plan-needs-user = { $target } tourne sous un utilisateur à lui, pas sous root : nommez-le par --run-as.
plan-hint-needs-user = Créez-en un qui ne fait rien d’autre : adduser --system --group mailrelay, puis --run-as mailrelay.
plan-no-secret = { $target } a besoin du mot de passe dans son fichier, et il n’est pas connu ici : donnez-le, par exemple avec --password-file.
plan-lost = { $target } lirait dans { $path } autre chose que prévu : { $fields }. Rien n’a été écrit.
plan-hint-lost = Une autre ligne de { $path } en décide ; cherchez-y un réglage placé avant ou hérité.
plan-foreign = { $path } existe déjà et n’est pas de mailsetup : déplacez-le, ou choisissez un autre chemin.
plan-not-installed = { $path } n’existe pas : installez d’abord { $target }.
plan-unreadable = { $path } ne peut pas être lu : { $cause }
plan-same-path = { $first } et { $second } seraient écrits tous deux dans { $path } : donnez un autre chemin à l’un d’eux.
plan-newer-schema = { $path } a été écrit par un mailsetup plus récent (schéma { $schema }) ; il reste intact. Mettez mailsetup à jour.
plan-template = Le préréglage de { $target } contient une erreur : { $cause }

plan-unfit-line-break = { $target } ne peut pas recevoir { $field ->
    [password] ce mot de passe
    [username] cet identifiant
   *[other] cette valeur ({ $field })
  } : il y a un saut de ligne.
plan-unfit-control = { $target } ne peut pas recevoir { $field ->
    [password] ce mot de passe
    [username] cet identifiant
   *[other] cette valeur ({ $field })
  } : il y a le caractère de contrôle { $character }.
plan-unfit-characters = { $target } ne peut pas recevoir { $field ->
    [password] ce mot de passe
    [username] cet identifiant
   *[other] cette valeur ({ $field })
  } : aucune façon d’y écrire { $characters } n’est comprise de tous les lecteurs.
plan-unfit-edge-blank = { $target } ne peut pas recevoir { $field ->
    [password] ce mot de passe
    [username] cet identifiant
   *[other] cette valeur ({ $field })
  } : une espace à la fin serait perdue.
plan-unfit-too-long = { $target } ne peut pas recevoir { $field ->
    [password] ce mot de passe
    [username] cet identifiant
   *[other] cette valeur ({ $field })
  } : la limite est de { $limit } octets.

plan-fault-not-utf8 = { $path } n’est pas du texte UTF-8 : ligne { $line }.
plan-fault-open-quote = { $path }, ligne { $line } : un guillemet est ouvert et jamais fermé.
plan-fault-no-equals = { $path }, ligne { $line } : un réglage sans « = ».
plan-fault-stray = { $path }, ligne { $line } : la ligne commence par une espace, mais aucune ligne ne la précède qu’elle pourrait continuer.
plan-fault-long-line = { $path }, ligne { $line } : la ligne est plus longue que ce que lit son programme.
plan-fault-account-twice = { $path }, ligne { $line } : un compte de ce nom existe déjà.
plan-fault-account-unknown = { $path }, ligne { $line } : le compte auquel elle renvoie n’est pas défini plus haut.
plan-fault-block-open = { $path }, ligne { $line } : « BEGIN mailsetup » est sans « END mailsetup ».
plan-fault-block-close = { $path }, ligne { $line } : « END mailsetup » est sans « BEGIN mailsetup ».
plan-fault-block-twice = { $path }, ligne { $line } : le bloc de mailsetup y est deux fois.
plan-fault-crlf = { $path }, ligne { $line } : fins de ligne Windows, que son programme ne comprend pas.

plan-hint-nearest = Vouliez-vous dire { $nearest } ?
plan-hint-targets = « mailsetup targets » montre la liste.
plan-hint-not-following = Rien ne change tant que le nouvel utilisateur ne peut pas lire chaque fichier.
plan-hint-shared-group = --run-as-group { $group } crée pour eux un groupe, seul à lire ce qu’il leur faut.
plan-hint-one-login = { $target } n’a de place que pour un identifiant, et le garde. Un agent de courrier qui en a pour plusieurs, chacun selon son expéditeur : { $instead }, ou msmtp. Pour mettre ce profil à la place de l’autre : --take-over.
plan-hint-no-user = Un utilisateur d’un annuaire (Active Directory, LDAP) est trouvé là où « getent passwd { $user } » le trouve.
plan-same-sender = Le profil { $profile } envoie déjà en tant que { $sender } par { $target }, qui ne distingue les profils que par leurs expéditeurs, sans tenir compte des majuscules.
plan-hint-same-sender = Donnez une autre adresse à ce profil, ou modifiez l’autre : mailsetup edit { $profile }.
plan-hint-take-over = Choisissez un autre fichier avec --target NOM=CHEMIN, ou prenez celui-ci avec --take-over.
plan-hint-instead = La cible { $instead } peut le recevoir.
plan-hint-password = Créez un autre mot de passe, ou choisissez une autre cible.
plan-hint-mend = Le fichier reste intact ; corrigez cette ligne et recommencez.

plan-note-default-taken = { $path } a déjà un compte par défaut, qui reste. Pour envoyer par le nouveau, nommez-le : -a { $account }
plan-note-closed = { $path } : d’autres pouvaient le lire ({ $before }) ; avec le mot de passe dedans, ils ne le peuvent plus ({ $after }). Si { $target } tourne sous un autre utilisateur, nommez-le avec --run-as, ou donnez le fichier à son groupe.
plan-note-group-made = Le groupe { $group } est créé pour { $users } : qui en fait partie peut lire le mot de passe. Un service déjà lancé l’obtient à son prochain démarrage ; undo le laisse.
plan-note-group-joined = { $users } entrent dans le groupe { $group } et peuvent alors lire le mot de passe. Un service déjà lancé l’obtient à son prochain démarrage.
plan-note-group-others = { $users } : aussi dans le groupe { $group }, avec accès au mot de passe. Retirez-les un par un ({ $command }), ou donnez un nouveau groupe à ceux qui envoient : --run-as-group. Changez ensuite le mot de passe.
plan-note-orphaned = { $path } ({ $target }) n’est plus là, ou mène ailleurs : le fichier reste tel quel. « mailsetup apply { $profile } » le réécrit ; « mailsetup edit { $profile } --target … » nomme ceux qui doivent rester
plan-note-program-closed = { $target } exécute { $path } pour obtenir le mot de passe, et { $user } ne le peut pas : { $folder } lui est fermé. Installez mailsetup là où chacun peut l’exécuter, par exemple /usr/local/bin, et nommez-le avec --secret-command-path.
plan-note-program-foreign = { $target } exécutera { $path } à chaque envoi pour obtenir le mot de passe, et { $folder } appartient à { $owner }, qui peut y mettre un autre programme. Installez mailsetup là où seul root peut écrire, par exemple /usr/local/bin, et nommez-le avec --secret-command-path.
plan-note-program-open = { $target } exécutera { $path } à chaque envoi pour obtenir le mot de passe, et n’importe qui peut écrire dans { $folder } : il peut avoir disparu ou être un autre programme. Installez mailsetup là où seul root peut écrire, par exemple /usr/local/bin, et nommez-le avec --secret-command-path.
plan-note-program-build = { $target } exécutera { $path } à chaque envoi pour obtenir le mot de passe, et { $folder } est un dossier de compilation : une fois vidé, plus aucun courrier ne part. Installez mailsetup, par exemple dans /usr/local/bin, et nommez-le avec --secret-command-path.
## L’assistant en plein écran

tui-step-sender = Expéditeur
tui-step-provider = Fournisseur
tui-step-server = Serveur
tui-step-password = Accès
tui-step-test = Test
tui-step-write = Écriture
tui-page-sender = De la part de qui part le courrier ?
tui-page-provider = Quel est votre fournisseur de messagerie ?
tui-page-server = Par où le courrier part-il ?
tui-page-password = Comment cette machine s’identifie-t-elle ?
tui-page-test = Jusqu’où doit aller le test ?
tui-page-write = Qui doit utiliser ces réglages ?
tui-too-small = Agrandissez la fenêtre : { $columns }×{ $rows } au moins.
tui-filter = tapez pour chercher
tui-filter-none = Rien ne correspond. Effacez pour élargir la recherche.
tui-pasted-break = Seule la première ligne du texte collé a été prise.
tui-first = C’est la première question. Ctrl-C quitte ; rien n’a été écrit.
tui-probe = Connexion
tui-probe-running = Connexion à { $server } …
tui-probe-secured = { $server } répond, TLS { $found }
tui-probe-answers = { $server } répond
tui-probe-failed = { $server } : { $title } (F6 en dit plus)
tui-live-test = Test en direct
tui-guess = C’est la cause la plus probable, sans certitude.
tui-offer = Entrée : { $label }
tui-offer-trust = touche c : { $label }. Comparez d’abord : { $certificate }
tui-arrived = Arrivé :
tui-more-advice = D’autres choses à savoir : F3.
tui-planning = Calcul de ce qui serait écrit …
tui-writing = Écriture …
tui-proving = Un message part de ce qui a été écrit
tui-dry-run = Essai à blanc : rien n’a été écrit. Voici ce qui le serait.
tui-answers = Toutes les réponses
tui-review-nothing = Tout est déjà comme il faut : aucun fichier ne change.
tui-domain-asking = Les enregistrements DNS de { $domain } sont consultés …
tui-domain-lacks = Il manque des enregistrements DNS à { $domain } : voyez la fin de cette page.
tui-domain-fine = Les enregistrements DNS de { $domain } conviennent à ce fournisseur.
tui-domain-open = On ne sait pas si les enregistrements DNS de { $domain } conviennent : voyez la fin de cette page.
tui-domain-title = DNS de { $domain }
tui-review-new = nouveau
tui-review-changed = modifié
tui-review-removed = retiré
tui-review-keep = Le mot de passe va dans : { $store }
tui-review-runs = Puis ces commandes sont lancées :
tui-transcript = Ce qui s’est dit, sans les secrets
tui-link-no-room = Pas assez de place pour le code QR. Agrandissez la fenêtre ou copiez le lien.
tui-menu = Voir ce qui se passe quand …
tui-help-keys = Touches
tui-help-edit = Dans une ligne : Home, End, Ctrl-Left et Ctrl-Right déplacent, Ctrl-W ôte un mot, Ctrl-U tout, Ctrl-K la suite.
key-name-ctrl = Ctrl
key-name-space = Espace
key-name-backtab = Maj-Tab
key-name-page-up = PgPréc
key-name-page-down = PgSuiv
key-name-enter = Entrée
key-name-esc = Échap
key-name-home = Début
key-name-end = Fin
key-name-up = ↑
key-name-down = ↓
key-name-left = ←
key-name-right = →

key-next = suite
key-write = écrire
key-finish = quitter
key-primary = continuer
key-fix = appliquer la correction
key-trust = accepter le certificat
key-retry = retester
key-password = autre mot de passe
key-transcript = échanges
key-report = enregistrer le rapport
key-edit = modifier
key-force = écrire quand même
key-field = champ
key-field-back = champ précédent
key-stop = arrêter
key-back = retour
key-help = aide
key-link = code QR
key-menu = provoquer une panne
key-answers = réponses
key-probe = connexion
key-toggle = choisir
key-choose = choisir
key-close = fermer
key-up = monter
key-down = descendre
key-left = précédent
key-right = suivant
key-scroll-up = défiler vers le haut
key-scroll-down = défiler vers le bas
key-page-up = page précédente
key-page-down = page suivante
key-top = au début
key-bottom = à la fin
key-clear = vider la ligne
key-leave = quitter
key-suspend = retour au shell, « fg » pour revenir
key-redraw = redessiner l’écran

## Les résultats en mots

render-ms = { $number } ms
render-s = { $number } s
render-decimal-point = ,
render-security-tls = TLS implicite
render-security-starttls = STARTTLS
render-security-none = sans chiffrement
render-source-flag = option
render-source-env = environnement
render-source-file = fichier de réponses
render-source-profile = profil
render-source-fix = correction
render-source-preset = préréglage
render-source-default = par défaut
render-stage-dns = DNS
render-stage-connect = Connexion
render-stage-greeting = Accueil
render-stage-ehlo = EHLO
render-stage-capability = Capacités
render-stage-starttls = STARTTLS
render-stage-tls = TLS
render-stage-auth = Identification
render-stage-mailbox = Boîte
render-stage-mail = Expéditeur
render-stage-rcpt = Destinataire
render-stage-data = Message
render-stage-arrival = Arrivée
render-left-to-proxy = le proxy cherche le nom
render-by-proxy = par { $proxy }
render-connected = { $family }, { $address }
render-connected-after = { $family }, { $address }, après { $failed ->
    [one] { $failed } échec
   *[other] { $failed } échecs
}
render-helo = ne connaît que HELO : rien n’est proposé
render-no-auth = pas d’AUTH
render-size = SIZE { $size }
render-secured = { $version }, signé par { $issuer }, jusqu’au { $until }
render-pinned = { $version }, le certificat épinglé
render-logged-in = { $mechanism }
render-sighted-inbox = dans la boîte de réception après { $time }
render-sighted-junk = parmi les indésirables ({ $mailbox }) après { $time }
render-sighted-elsewhere = dans { $mailbox } après { $time }
render-sighted-bounced = revenu après { $time }
render-sighted-not-yet = pas encore vu après { $time }
render-fault-tls = TLS : { $words }
render-fault-local = Cette machine : { $words }
render-fault-not-smtp = Ce n’est pas du courrier : « { $words } »
render-fault-not-imap = Ce n’est pas un serveur IMAP : « { $words } »
render-fault-landed-in-spam = Il est parmi les indésirables.
render-fault-landed-elsewhere = Il est dans une autre boîte.
render-fault-unaligned = Rien n’atteste le domaine de l’expéditeur.
render-fault-not-arrived = Il n’est pas encore arrivé.
render-fault-bounced = Il est revenu.
render-fault-arrived-late = Il a mis longtemps.
render-fault-no-verdict = Le destinataire ne dit pas s’il croit l’expéditeur.
render-fault-dns-not-found = Ce nom n’existe pas.
render-fault-dns-no-address = Ce nom n’a pas d’adresse.
render-fault-dns-unavailable = Le serveur de noms ne répond pas.
render-fault-refused = Connexion refusée.
render-fault-connect-timed-out = Pas de réponse à temps.
render-fault-unreachable = Le réseau n’y mène pas.
render-fault-connect = Connexion impossible.
render-fault-timed-out = Pas de réponse à temps.
render-fault-closed = Le serveur a fermé la connexion.
render-fault-io = La connexion s’est rompue.
render-fault-not-tls = Ce qui est arrivé n’est pas du TLS.
render-fault-cert-expired = Le certificat a expiré.
render-fault-cert-not-yet-valid = Le certificat n’est pas encore valable.
render-fault-cert-self-signed = Le certificat est auto-signé.
render-fault-cert-unknown-issuer = Aucune autorité reconnue ici n’a signé le certificat.
render-fault-cert-wrong-name = Le certificat est pour un autre nom.
render-fault-cert-wrong-pin = Le certificat n’est pas celui qui est épinglé.
render-fault-cert-unsupported = La forme du certificat n’est pas acceptée.
render-fault-no-starttls = Le serveur ne propose pas STARTTLS.
render-fault-injected = Le serveur a parlé avant d’être interrogé : arrêt.
render-fault-unproven = Le serveur n’a pas prouvé qu’il connaît le mot de passe : arrêt.
render-fault-proxy-unreachable = Le proxy n’est pas joignable :
render-fault-proxy-login = Le proxy veut un identifiant :
render-fault-proxy-forbidden = Le proxy ne laisse pas passer :
render-fault-proxy-onward = Le proxy n’atteint pas le serveur :
render-fault-proxy-garbled = Ce n’est pas un tel proxy :
render-fault-client-cert-wanted = Le serveur veut un certificat client.
render-fault-client-cert-refused = Le serveur n’accepte pas le certificat client.
render-fault-no-auth = Le serveur ne propose pas d’identification ici.
render-fault-no-common-mechanism = Le serveur ne propose aucune méthode qui convienne.
render-fault-too-long = La réponse du serveur ne finit pas.
render-fault-no-smtputf8 = Le serveur ne prend pas d’adresse avec de telles lettres.
render-fault-cancelled = Arrêté.
render-success-sent = Le serveur a pris le message pour { $to }.
render-success-rehearsed = Le serveur accepte l’expéditeur et le destinataire.
render-success-login = Le serveur accepte l’identification.
render-success-connect = Le serveur répond.
render-cost = { $time }, { $trips ->
    [one] { $trips } aller-retour
   *[other] { $trips } allers-retours
}.
render-written = C’est fait. Cette machine peut envoyer du courrier.
render-written-no-sendmail = C’est écrit, mais cron et les autres programmes ne peuvent pas encore envoyer.
render-written-unsent = C’est fait. Les réglages sont écrits ; aucun message d’essai n’est parti.
render-unproven = C’est écrit, mais un message n’a pas pu partir avec ces réglages.
render-unseen = C’est écrit. Chaque message a été pris, mais rien ne montre que tous ont quitté cette machine : consultez la file et le journal du programme de messagerie.
render-unchanged = C’est fait. Tout était déjà comme il faut.
render-image = C’est fait. Les réglages sont dans l’image { $root }. Seul son premier démarrage peut montrer qu’elle envoie : lancez-y « mailsetup check --send ».
render-image-unchanged = C’est fait. Dans l’image { $root }, tout était déjà comme il faut. Seul son premier démarrage peut montrer qu’elle envoie.
render-prepared = C’est écrit, mais pas prouvé : rien n’a été essayé. Lancez « mailsetup check --send » dès que la machine a tout ce qu’il lui faut.
render-file-created = nouveau
render-file-changed = modifié
render-file-removed = retiré
render-file-unchanged = inchangé
render-backup = avant : { $path }
render-proof-sent = { $target } : relu par { $reader }, et mailsetup a envoyé un message à { $to } avec ce qui a été écrit ({ $time })
render-proof-failed = { $target } : écrit, mais l’envoi échoue à : { $stage }
render-proof-read = { $target } : mailsetup a relu ses propres lignes ; aucun autre programme ne les a encore lues
render-proof-program = { $target } : { $reader } lit lui-même les réglages comme ils ont été écrits ; rien n’a été envoyé
render-proof-parser = { $target } : { $reader }, qui ne fait pas partie de mailsetup, lit les réglages comme ils ont été écrits ; rien n’a été envoyé
proof-reader-differs = { $reader } lit les réglages de { $target } autrement qu’ils ont été écrits : il ne dit pas « { $line } ».
render-try = À essayer vous-même :
render-equivalent = La même chose sans questions :

## Diagnosis
diagnosis-install = { $name } : { $command }
diagnosis-the-provider = le fournisseur
diagnosis-the-server = le serveur
diagnosis-this-sender = cet expéditeur
diagnosis-fix-no-login = Envoyer sans identification
diagnosis-mode-tls = TLS implicite
diagnosis-mode-starttls = STARTTLS
diagnosis-mode-none = aucun chiffrement
diagnosis-fine-title = Aucun échec dans ce texte
diagnosis-fine-meaning = Tout ce que mailsetup en comprend parle de courrier bien parti.
diagnosis-fine-step = Si du courrier manque pourtant, collez les lignes autour de l’heure de l’envoi, ou le message revenu
diagnosis-challenge-title = Le serveur demande « { $asked } » : la connexion continue
diagnosis-challenge-meaning = 334 n’est pas un échec : c’est ainsi qu’AUTH LOGIN demande, en base64. La réponse qui suit dit si la connexion réussit.
diagnosis-challenge-step = Collez aussi les lignes qui suivent, jusqu’à la réponse qui commence par 2, 4 ou 5
diagnosis-queue-title = Une liste de messages en attente, qui ne dit pas pourquoi
diagnosis-queue-meaning = La liste d’Exim ne fait que nommer les messages. Chacun a son propre journal, avec ce que le serveur a dit.
diagnosis-queue-step = Voyez ce qui a été dit de l’un d’eux : { $command }
diagnosis-unknown-title = mailsetup ne connaît pas cette cause
diagnosis-unknown-meaning = Rien dans ce texte n’est une réponse ou une erreur que mailsetup reconnaît.
diagnosis-unknown-empty = Il n’y a aucun texte à expliquer.
diagnosis-unknown-temporary = Le code { $code } fait partie de 400 à 499 : le serveur refuse pour le moment, le même envoi peut réussir plus tard (RFC 5321).
diagnosis-unknown-permanent = Le code { $code } fait partie de 500 à 599 : le serveur refuse définitivement, le même envoi échouera encore tant que rien ne change (RFC 5321).
diagnosis-unknown-step-words = Lisez les mots du serveur dans la transcription : ils disent souvent ce qui manque.
diagnosis-unknown-step-provider = Cherchez ces mots dans la documentation de votre fournisseur, ou envoyez-les à son assistance avec la date et l’heure.
diagnosis-local-title = Un fichier de cette machine est inutilisable
diagnosis-local-meaning = Le serveur n’a pas été interrogé : { $words }
diagnosis-local-step-path = Vérifiez le chemin du fichier d’AC, et que vous avez le droit de le lire
diagnosis-local-step-pem = Il faut un fichier PEM avec le certificat de l’autorité : -----BEGIN CERTIFICATE-----

render-link = Page : { $url }
render-plan-unchanged = reste tel quel :
render-plan-created = est créé :
render-plan-removed = est supprimé :
render-plan-changed = change :

## Sorties : quels ports répondent

egress-other-title = Le port { $port } de { $host } ne répond pas ; le port { $open } est ouvert
egress-other-network-title = Le réseau de cette machine bloque le port { $port } ; le port { $open } est ouvert
egress-other-network = { $second } ne répond pas non plus sur le port { $port } : le serveur n’y est pour rien.
egress-other-server = { $second } répond d’ici sur le port { $port } : le réseau de cette machine le laisse passer, { $host } le garde fermé.
egress-other-either = Quelque chose entre cette machine et { $host } avale ce qui va au port { $port } : un pare-feu ici, chez l’hébergeur ou devant le serveur.
egress-network-title = Le réseau de cette machine bloque le port { $port }
egress-network = { $second } ne répond pas non plus sur le port { $port }, mais répond sur le port { $open }. Le serveur choisi ne répond sur aucun autre port.
egress-server-title = { $host } ne répond sur aucun port de messagerie
egress-server = { $second } répond d’ici : le réseau de cette machine va bien. Le serveur est arrêté, ou c’est un autre hôte.
egress-server-there = { $second } répond d’ici : le réseau de cette machine va bien. { $host } est là, mais ne prend pas de messages : c’est un autre hôte, ou sa messagerie est arrêtée.
egress-nothing-title = Aucun serveur de messagerie ne répond d’ici
egress-nothing = Ni { $host } ni { $second } ne répondent, sur aucun port de messagerie : cette machine n’a pas de réseau, ou son réseau les bloque tous.
egress-alone = Aucun autre port essayé de { $host } n’est ouvert : { $ports }.
egress-fix = Utiliser le port { $open } avec { $mode }
egress-step-fix = { $fix } : il est ouvert
egress-step-server-firewall = Le serveur est à vous ? Voyez son pare-feu pour le port { $port }, et si sa messagerie y écoute
egress-step-other-server = Choisissez un serveur ou un relais qui prend les messages sur le port { $open }
egress-step-host = Comparez { $host } avec la page de réglages du fournisseur
egress-step-status = Si le nom est juste, voyez la page d’état du fournisseur, ou démarrez la messagerie du serveur
egress-step-network = Voyez le réseau de cette machine : ip route, puis curl -I https://example.com
egress-step-hoster = Cette machine est chez { $hoster }, qui bloque d’abord { $ports } et { $way }
egress-step-hosters = Demandez à l’hébergeur d’ouvrir le port { $port } ; connus pour le bloquer : { $hosters }
egress-step-firewall = Regardez le pare-feu sortant de cette machine et le groupe de sécurité du cloud
host-taken = { $path } existe déjà, ainsi que les noms qui en découlent
host-taken-hint = Choisissez un autre fichier, ou supprimez les anciens

## Rapport

report-title = mailsetup { $version }, rapport du { $when }
report-privacy = Il ne contient aucun mot de passe, mais des noms de serveurs, des adresses et des identifiants : relisez-le avant de le transmettre.
report-settings = Réglages
report-probe = Test de connexion : { $server }
report-test = Test en direct : { $server }
report-proof = Message avec les réglages écrits : { $server }
report-certificate = Certificat de { $subject }, signé par { $issuer }, pour { $names }, valable du { $from } au { $until }, SHA-256 { $sha256 }
report-ports = Quels ports répondent
report-open = ouvert
report-refused = refusé
report-silent = pas de réponse
report-unreachable = injoignable
report-no-address = pas d’adresse
report-hoster = Cette machine est chez { $hoster }
report-diagnosis = Diagnostic : { $cause }
report-fix = Proposé : { $fix }
report-other = Autre possibilité : { $title }. { $tell }
report-transcript = Ce qui a été dit
report-saved = Le rapport est dans { $path }. Vous seul pouvez lire ce fichier.
flag-report = Écrire un rapport sans secrets dans ce nouveau fichier

# discover : ce que l’on apprend du domaine d’une adresse
discover-plaintext = Ce serveur est connu sans TLS : le mot de passe peut être lu en chemin. Demandez au fournisseur le port 465 ou 587 avec TLS.
discover-unusable = D’après les signalements, plus aucun programme ne peut s’y connecter par mot de passe.{ $page ->
    [none] {""}
   *[other] {" "}Voir { $page }
}
discover-oauth = Ces serveurs prennent des jetons OAuth, pas de mot de passe (--auth xoauth2).{ $page ->
    [none] {""}
   *[other] {" "}Voir { $page }
}
discover-prepare = Il faut d’abord activer un réglage dans le compte pour que des programmes puissent envoyer.{ $page ->
    [none] {""}
   *[other] {" "}Voir { $page }
}
discover-not-found = { $domain } n’existe pas dans le DNS. Vérifiez l’orthographe de l’adresse.
discover-broken = Les serveurs DNS de { $domain } répondent par une erreur (SERVFAIL). Réessayez plus tard, ou indiquez vous-même le serveur.
discover-dns-directly = Le DNS est interrogé directement, pas par le proxy : s’il est hors d’atteinte, choisissez le fournisseur ou nommez le serveur vous-même.
discover-no-resolver = Le DNS de cette machine ne répond pas : voyez /etc/resolv.conf. D’ici là, indiquez le serveur par son adresse IP.
discover-null-mx = { $domain } déclare dans le DNS ne pas recevoir de courrier (RFC 7505) : les réponses à cette adresse n’arriveront pas.

# found : ce qui a été trouvé, sur la page qui demande le fournisseur
found-searching = Recherche des réglages de { $domain } …
found-no-smtp = { $domain } appartient à { $provider }, avec qui aucun programme ne peut envoyer. Choisissez ici un autre fournisseur.
found-nothing = Rien trouvé pour { $domain }. Choisissez le fournisseur, ou « Un autre serveur » avec son nom.
found-by-mx = L’enregistrement MX de { $domain } ({ $at }) désigne { $provider }.
found-server = Trouvé pour { $domain } : { $server }{ $origin ->
    [table] , d’après la table intégrée
    [srv] , d’après son enregistrement SRV { $at }
    [autoconfig] , d’après { $at }
   *[other] , un nom courant qui y répond
}.
found-foreign-host = { $host } est hors du domaine. Ne le choisissez que si c’est votre fournisseur : il reçoit le mot de passe.
found-plain-http = Cette page est arrivée sans TLS et a pu être falsifiée en chemin. Vérifiez que { $host } est bien chez votre fournisseur.
found-unconfirmed = Rien ne confirme { $server } : il n’a pas été joint avec TLS et un certificat valable.
work-tree-open = { $path } contient le mot de passe, et le dépôt git { $top } ne l’ignore pas{ $by ->
    [reading] {" "}(d’après notre propre lecture de ses fichiers .gitignore ; git n’a pas répondu)
   *[git] {""}
 } : un commit le publierait. Ajoutez cette ligne à { $top }/.gitignore : { $line }
work-tree-tracked = { $path } contient le mot de passe et est suivi par git dans { $top } : un commit le publierait. Ajoutez cette ligne à { $top }/.gitignore : { $line } – puis lancez à cet endroit : git rm --cached -- '{ $inside }'
note-password-for = C’est le mot de passe de { $asked } ; celui qui est connu ne sert pas.
edit-secret-unread = Le mot de passe conservé ne peut pas servir ; il est demandé de nouveau : { $why }
note-host-pattern = Chez { $provider }, le serveur s’écrit comme { $host } ; votre compte l’affiche.
invalid-provider-no-smtp = { $intro } { $instead }
render-source-discovered = trouvé
flag-database = Interroger aussi la base de Mozilla ; elle apprend le domaine
script-missing-provider-proposed = { $found } Si c’est bien le vôtre : { $flags }
script-missing-provider-found = { $found } Donnez --provider CLÉ, ou --host avec --security et --port.

# discover : ce qu’une recherche dans le DNS et sur le web apprend
discover-nearest = { $domain } n’existe pas. Vouliez-vous dire { $near } ?
discover-no-mx = { $domain } n’a pas d’enregistrement MX : il ne dit pas qui reçoit son courrier.
discover-gateway = Le courrier pour { $domain } passe d’abord par { $gateway }. C’est un filtre : l’envoi se fait par le fournisseur derrière lui.
discover-stale-hoster = { $place } n’est plus à jour : le courrier de ce domaine est maintenant chez { $hoster }.
discover-stale-server = { $place } n’est plus à jour : { $host } ne répond pas comme il devrait.
discover-unreadable = { $place } contient des réglages illisibles ; ils ont été laissés de côté.
discover-wildcard = Tout nom sous { $domain } a une adresse, un nom n’y prouve donc rien : un serveur deviné ne compte qu’avec un certificat à lui.
discover-private = { $host } a une adresse privée : il ne sert qu’à l’intérieur de ce réseau.
discover-no-smtputf8 = Ce serveur ne prend pas les adresses comme { $address } (SMTPUTF8). Utilisez-en une sans lettres accentuées devant le @.

# detect : ce qui est dit d’une adresse
detect-nothing = { $address }  rien n’a été trouvé. Prenez --provider custom avec --host.
detect-from = source
detect-smtp = smtp
detect-imap = imap
detect-login = login
detect-other = aussi
detect-origin-preset = domaine du fournisseur lui-même
detect-origin-table = liste de domaines de courrier
detect-origin-mx = enregistrement MX { $place }
detect-origin-srv = enregistrement SRV { $place }
detect-origin-autoconfig = { $place }
detect-origin-guess = un nom courant qui répond, { $place }
detect-passed = répond, TLS correct
detect-unchecked = pas essayé jusqu’au bout
detect-login-none = pas d’identifiant
detect-login-account = un nom à part, affiché dans le compte
detect-no-smtp = { $provider } n’a pas de SMTP : aucun programme ne peut envoyer par lui.
detect-consent-plaintext = À confirmer : { $host } n’a pas de TLS, le mot de passe pourrait être lu en chemin.
## probe et providers

command-probe = Affiche ce qu’un serveur propose, sans identification
arg-host = Le nom du serveur, ou NOM:PORT
flag-proxy = Se connecter par ce proxy : socks5://HÔTE:PORT, http://HÔTE:PORT ou none
flag-ca-file = Faire confiance à l’autorité de ce fichier PEM
survey-asking = Questions à { $host } ({ $ports }) …
survey-host = { $host } : { $addresses }
survey-door = Port { $port }, { $mode } : { $state }
survey-port = Port { $port } : { $state }
survey-mute = se connecte, puis ne dit rien
survey-failed = échoue à l’étape : { $stage }
survey-tls = TLS
survey-tls-old = seulement des versions antérieures à 1.2
survey-certificate = Certificat
survey-certificate-good = Bon pour { $host }
survey-certificate-of = { $subject } (pour { $names }), signé par { $issuer }
survey-certificate-time = du { $from } au { $until }, encore { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
survey-certificate-over = du { $from } au { $until }, expiré depuis { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
survey-names-more = { $names } et { $more } de plus
survey-names-none = aucun nom
survey-login = Identification
survey-login-none = non proposée
survey-login-clear = ! aussi sans chiffrement : { $mechanisms }
survey-offers = Propose
survey-greeting = Accueil
survey-wrong = Problème
survey-best = Le mieux : port { $port }, { $mode }
survey-why-implicit = Tout est chiffré dès le premier octet, et le certificat est bon.
survey-why-submission = STARTTLS sur le port d’envoi, avec un bon certificat.
survey-why-alternative = STARTTLS avec un bon certificat, sur un port voisin des 465 et 587 habituels.
survey-why-relay = STARTTLS avec un bon certificat. Mais le port 25 sert au courrier entre serveurs : beaucoup de réseaux le bloquent, et beaucoup de serveurs n’y prennent pas d’identification.
survey-why-here = Ce qui y va ne quitte pas cette machine : le chiffrement est inutile.
survey-why-bad = La connexion est chiffrée, mais le certificat n’est pas bon. Corrigez-le avant d’y envoyer un mot de passe.
survey-next = Pour le mettre en place :
survey-hint-detect = Pour une adresse, demandez : mailsetup detect ADRESSE

providers-line = { $name } : { $summary }
providers-hint = Un seul en détail : mailsetup providers CLÉ
stale-family = { $key } (famille de fournisseurs)
stale-distribution = { $key } (distribution)
stale-dns-host = { $key } (hébergeur DNS)
stale-receiver = { $key } (destinataire)
stale-cause = { $key } (cause)
stale-words = { $key } (mots d’un programme)
stale-hoster = { $key } (hébergeur)
stale-program = { $key } (adresses par lesquelles il envoie)
stale-gateway = { $key } (filtre de courrier)
stale-suffixes = { $key } (quels domaines sont à un même propriétaire)
stale-none = Aucune information ici n’a plus de { $months } mois.
providers-no-smtp = Aucun programme ne peut envoyer par lui : il n’a pas de SMTP.
providers-kind = Genre
providers-kind-mailbox = boîtes personnelles
providers-kind-hosting = courrier pour son propre domaine
providers-kind-relay = un relais : il ne fait qu’envoyer
providers-kind-bridge = un programme de cette machine qui parle SMTP pour un service
providers-kind-local = un serveur de courrier sur cette machine
providers-kind-none = du courrier qu’aucun autre programme ne peut envoyer
providers-smtp = Envoi
providers-alternatives = Ailleurs
providers-regions = { "{region}" } est l’un de : { $regions }
providers-imap = Lecture
providers-username = Identifiant
providers-username-address = l’adresse entière
providers-username-local = ce qui précède le @
providers-username-fixed = toujours { $value }
providers-username-generated = un nom donné par le fournisseur
providers-username-none = pas d’identification
providers-username-also = en cas de refus : { $forms }
providers-password = Mot de passe
providers-password-no = celui de la boîte
providers-password-with-two-factor = { $label } si la validation en deux étapes est activée, sinon le mot de passe de la boîte
providers-password-always = { $label } ; le mot de passe du compte ne marche jamais
providers-password-unusable = aucun ne marche, d’aucune sorte
providers-password-label = un mot de passe spécial
providers-page = Page : { $url }
providers-before = D’abord
providers-steps = Étapes
providers-sender = Expéditeur
providers-sender-any = n’importe quelle adresse (any)
providers-sender-domain = toute adresse d’un domaine du compte (domain)
providers-sender-login = l’adresse de connexion ou l’un de ses alias (login)
providers-sender-verified = une adresse validée par le fournisseur, ou toute adresse d’un domaine validé (verified)
providers-limits = Limites
providers-free = Offre gratuite
providers-per-second = { $count ->
    [one] { $count } message par seconde
   *[other] { $count } messages par seconde
}
providers-per-minute = { $count ->
    [one] { $count } message par minute
   *[other] { $count } messages par minute
}
providers-per-hour = { $count ->
    [one] { $count } message par heure
   *[other] { $count } messages par heure
}
providers-per-day = { $count ->
    [one] { $count } message par jour
   *[other] { $count } messages par jour
}
providers-per-month = { $count ->
    [one] { $count } message par mois
   *[other] { $count } messages par mois
}
providers-recipients = { $count ->
    [one] { $count } destinataire par message
   *[other] { $count } destinataires par message
}
providers-recipients-per-day = { $count ->
    [one] { $count } destinataire par jour
   *[other] { $count } destinataires par jour
}
providers-days = finit après { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
providers-dns = DNS
providers-dns-spf = SPF : include:{ $name }
providers-dns-dkim = DKIM : { $records }
providers-dns-verification = Preuve du domaine : { $record }
providers-oauth = OAuth
providers-oauth-sasl = { $mechanisms }, portée { $scope }
providers-oauth-authorize = Autorisation : { $url }
providers-oauth-token = Jeton : { $url }
providers-oauth-device = Appareil : { $url }
providers-oauth-closed = De nouveaux programmes ne sont pas inscrits : le jeton doit venir d’ailleurs.
providers-domains = Domaines
providers-mx = MX
providers-warnings = À savoir
providers-docs = Page d’aide
providers-checked = Vérifié
providers-checked-line = { $when }{ $confidence ->
    [high] , plusieurs sources concordent
    [medium] , une bonne source, ou plusieurs qui diffèrent dans les détails
    [low] , à peine plus d’une page le dit
   *[other] {""}
}
providers-stale = ! C’était il y a { $months } mois : comparez avec la page du fournisseur.
providers-unverified = Non confirmé
providers-source = Origine
providers-source-builtin = fourni avec mailsetup
providers-source-own = votre propre fichier { $path }

# plan : d’autres sortes de fichiers
plan-port = { $target } déduit du port s’il parle TLS, et ne fait pas « { $security } » sur le port { $port }.{ $ports ->
    [none] {""}
   *[other] {" "}Il le fait sur le port { $ports }.
}
plan-fault-syntax = { $path }, ligne { $line } : le programme qui lit ce fichier ne l’accepterait pas.
plan-fault-unfamiliar = { $path }, ligne { $line } : les réglages sont écrits ici d’une façon que mailsetup ne modifie pas, par exemple une liste, une référence ou un second document.
plan-hint-by-hand = Le fichier reste intact. Écrivez cet endroit en clés simples, une par ligne, et réessayez ; ou choisissez un autre chemin.

# targets : une cible en détail
target-used-by = Utilisé par
target-file = Fichier
target-merge-block = un bloc entre deux lignes de commentaire ; le reste du fichier ne change pas
target-merge-keys = clé par clé ; le reste du fichier ne change pas
target-merge-whole = un fichier à part
target-security = Sécurité
target-ports = { $mode } seulement sur le port { $ports } : le programme décide d’après le port
target-login = Connexion
target-password = Mot de passe
target-password-fetched = obtenu en lançant mailsetup ; il n’est dans aucun fichier du programme
target-password-inline = dans le fichier
target-token-command = par jeton : un jeton neuf est obtenu en lançant mailsetup
target-token-store = par jeton : il lit celui qui est renouvelé dans le coffre
target-token-none = pas par jeton d’accès : il ne peut pas le renouveler
target-certificates = Certificats
target-certificates-checked = vérifiés
target-certificates-unchecked = non vérifiés : quelqu’un placé entre les deux peut lire le mot de passe
target-trust-ca = peut faire confiance à votre propre autorité (--ca-file)
target-proxy = peut envoyer par un proxy : { $kinds } (--proxy)
target-client-cert = peut présenter un certificat client (--client-cert)
target-trust-pin = peut faire confiance à un seul certificat (--pin-sha256)
target-check = Vérifier
target-reader = Relecture
target-reader-program = par le programme lui-même : { $command }
target-reader-parser = par l’analyseur de { $program }
target-reader-ours = par le lecteur de mailsetup seul
target-sends = le programme envoie lui-même le message d’essai
target-docs = Manuel
# files that never tear
host-unsynced = Le disque n’a pas confirmé la dernière étape. Tout est écrit, mais après une coupure de courant l’ancien état peut revenir : lancez alors mailsetup check.
field-resume = Reprendre là où vous avez été coupé ?
field-resume-help = Configuration de { $address } interrompue le { $when }. Ses réponses (profil { $profile }) sont encore là, sauf le mot de passe. « Non » recommence à zéro.
# network : ce qui se trouve entre cette machine et le serveur
render-fault-starttls-gone = On sait que le serveur a STARTTLS, et il ne le propose plus.
render-fault-clear-login = Le mot de passe n’est pas parti : il serait passé en clair.
diagnosis-clear-title = S’identifier sans TLS demande votre accord
diagnosis-clear-meaning = Le trajet vers { $host } n’est pas chiffré : tout le monde y lirait le mot de passe. Il n’a pas été envoyé.
diagnosis-clear-step-tls = Activez TLS : STARTTLS pour le port 587, TLS implicite pour le port 465
diagnosis-clear-step-consent = Seulement si ce serveur n’a pas TLS et que vous l’acceptez : mailsetup edit avec --allow-plaintext
## Où les secrets sont gardés : magasins, coffre et verrous, et qui les lit

field-run-as = Utilisateurs qui envoient
field-run-as-help = Qui envoie : root, ou des utilisateurs de services. Plusieurs : séparés par espaces ou virgules ; chacun doit lire le mot de passe sans personne.
field-run-as-group = Leur groupe
field-run-as-group-help = Le groupe par lequel ils lisent le mot de passe. Il est créé s’il manque, et personne d’autre n’y entre.
field-vault-lock = Verrouiller le coffre avec
field-vault-lock-help = Ce qui ouvre le coffre quand personne n’est là.
field-pass-entry = Entrée de pass
field-pass-entry-help = Le nom dans le magasin de pass. Sa première ligne devient le mot de passe ; les lignes suivantes restent.
choice-store-vault = Un coffre
choice-store-vault-hint = un seul fichier chiffré pour tous les profils
choice-store-systemd = Les identifiants de systemd
choice-store-systemd-hint = chiffré pour cette machine ; root et les unités le lisent
choice-store-pass = pass, le gestionnaire de mots de passe
choice-store-pass-hint = chiffré par votre clé GnuPG
choice-lock-machine = Une clé de cette machine
choice-lock-machine-hint = une copie du coffre seul ne sert à rien ; root l’ouvre ici
choice-lock-systemd = Les identifiants de systemd
choice-lock-systemd-hint = le TPM de la machine s’il existe ; root l’ouvre ici
choice-lock-key-file = Un fichier de clé
choice-lock-key-file-hint = qui a le fichier l’ouvre : gardez-le sur un autre disque
choice-lock-passphrase = Une phrase secrète
choice-lock-passphrase-hint = le plus sûr au repos, mais rien ne part si on ne la donne pas
lock-machine-protects = Protégé : une sauvegarde ou une copie du dossier de configuration sans la clé de cette machine. Non protégé : qui est root ici ou lit vos fichiers ici, et une copie du disque entier. Sans la clé, gardée dans le dossier d’état, le coffre ne s’ouvre plus : saisissez alors les mots de passe de nouveau.
lock-systemd-protects = Protégé : toute copie des fichiers et, avec un TPM, le disque entier lu dans une autre machine. Sans TPM, la clé est sur le disque, dans /var/lib/systemd. Non protégé : root sur cette machine.
lock-key-file-protects = Protégé : toute copie du coffre sans le fichier de clé. Non protégé : qui lit les deux. Gardez le fichier de clé sur un autre disque ou un support amovible, et hors des sauvegardes qui contiennent le coffre.
lock-passphrase-protects = Protégé : toute copie du coffre, autant que la phrase est difficile à deviner. Non protégé : ce qui est tapé ou donné sur cette machine quand root est quelqu’un d’autre. Les programmes qui envoient ont besoin de --vault-passphrase-file ou de sa variable.
lock-key-file-flag = nommez le fichier avec --vault-key-file
lock-passphrase-flag = demande une personne chaque fois : mailsetup vault lock-with passphrase
store-other-user = { $user } ne peut pas le lire
store-needs-unit = { $user } ne le lit que dans une unité qui charge l’identifiant
store-image = pas dans une image : cela dépend de la machine en marche
store-demo = pas dans la démonstration : il appartient à cette machine, hors du dossier de la démonstration
store-vault-passphrase = le coffre veut sa phrase chaque fois : donnez --vault-passphrase-file
store-not-proven = On n’a pas essayé si { $user } peut lire le mot de passe. « mailsetup secret », lancé par cet utilisateur ou dans son unité, le montre.
store-unreadable = { $user } ne peut pas lire le mot de passe : choisissez un autre magasin ou un autre utilisateur.
store-unreadable-said = { $user } ne peut pas lire le mot de passe : { $said }
store-not-run = { $user } ne peut pas exécuter { $program }, qui remet le mot de passe aux programmes : { $cause }. Installez mailsetup là où chacun peut l’exécuter, par exemple /usr/local/bin, et nommez-le avec --secret-command-path.
store-other-secret = Ce que rend le magasin « { $store } » n’est pas ce qu’on y a mis.
invalid-user = « { $typed } » ne peut pas être un nom d’utilisateur.
invalid-group = « { $typed } » ne peut pas être un nom de groupe.
invalid-pass-entry = « { $typed } » ne peut pas être une entrée de pass. Cela ressemble à mail/relay.
plan-no-user = Il n’y a pas d’utilisateur { $user } sur cette machine.
plan-no-shared-group = { $users } envoient tous, sans groupe commun qui puisse lire le mot de passe.
plan-group-of-others = Dans le groupe { $group } il y a d’autres utilisateurs ({ $users }), qui pourraient alors lire le mot de passe. Nommez un nouveau groupe, ou un groupe où ceux qui envoient sont seuls.
plan-other-group = Le groupe { $group } existait déjà et { $users } n’en font pas partie : mailsetup ne sait pas ce qu’il leur ouvrirait d’autre. Ajoutez-les vous-même ({ $command }), ou nommez un nouveau groupe.
plan-group-in-image = L’image n’a pas le groupe { $group } avec tous les utilisateurs. Dans l’image : { $command }
plan-taken = { $path } contient les réglages du profil { $profile } et n’a de place que pour un profil.
host-entry-forgotten = L’entrée { $entry } a été retirée du stockage « { $store } »
host-aside-left = Un stockage garde encore un ancien mot de passe de l’entrée { $entry } : « mailsetup purge » le lui redemande
host-copy-left = { $path } contient encore le mot de passe : le profil { $profile } en a besoin pour « mailsetup undo »
plan-shared-group = { $path } contiendrait le mot de passe, et { $user } n’a pas de groupe auquel l’ouvrir : d’autres en font partie, ou les utilisateurs ne viennent pas que de fichiers (/etc/nsswitch.conf) et personne ne peut dire qui en fait partie. Laissez { $path } chercher le mot de passe, ou créez un groupe pour { $user } seul.
host-entry-left = Le magasin « { $store } » contient encore l’entrée { $entry } : retirez-la là-bas
host-entry-changed = L’entrée { $entry } du magasin « { $store } » garde son nouveau mot de passe
host-recovered-entry = Un stockage ne rend pas l’entrée { $entry } d’une écriture interrompue ; la prochaine exécution la lui redemande
host-copies-left = Une copie du fichier du mot de passe n’a pas pu être supprimée et le contient encore : supprimez { $path }
host-undo-secret = Le mot de passe qui était dans { $path } avant cette écriture n’est plus connu : il est passé dans un autre magasin, qui en contient désormais un autre. Rien n’a été changé
host-undo-secret-hint = Pour revenir en arrière, saisissez-le de nouveau : mailsetup edit { $profile } --secret-store file
systemd-not-installed = systemd-creds n’est pas installé
systemd-old = demande systemd { $first } ou plus récent
systemd-not-root = seul root peut utiliser les identifiants de systemd
systemd-said = systemd-creds a échoué : { $said }
systemd-failed = systemd-creds a échoué ou n’a pas répondu à temps
pass-not-installed = pass n’est pas installé
pass-no-store = pass n’a pas de magasin dans { $path } (pass init en crée un)
pass-lines = Un mot de passe avec un retour à la ligne ne peut pas être une entrée de pass. Choisissez un autre magasin.
pass-not-text = Ce que rend pass n’est pas ce qu’on y a mis.
pass-said = pass a échoué : { $said }
pass-slow = pass n’a pas répondu en { $seconds } s : sa clé attend peut-être une phrase secrète
pass-failed = pass a échoué
vault-missing = Il n’y a pas de coffre dans { $path }
vault-none = Il n’y a pas encore de coffre ({ $path }). --secret-store vault ou mailsetup vault lock-with en crée un.
vault-open = { $path } appartient au coffre, et tout le monde sur cette machine peut le lire (mode { $mode })
vault-damaged = { $path } est abîmé : ses octets ne sont pas ceux qui ont été écrits
vault-damaged-hint = Ramenez { $path } d’une sauvegarde, ou retirez-le et saisissez les mots de passe de nouveau avec mailsetup edit
vault-newer = { $path } a été écrit par un mailsetup plus récent
vault-needs-passphrase = Le coffre veut sa phrase secrète
vault-needs-passphrase-hint = Donnez-la avec --vault-passphrase-file, --vault-passphrase-fd ou --vault-passphrase-env
vault-wrong-passphrase = Ce n’est pas la phrase secrète du coffre. Le coffre lui-même est intact.
vault-wrong-passphrase-hint = Essayez de nouveau ; la phrase d’avant le dernier changement ne l’ouvre plus
vault-short-key = { $path } est trop court pour un fichier de clé : il en faut au moins { $least } octets
vault-wrong-key = { $path } n’est pas le fichier de clé du coffre. Le coffre lui-même est intact.
vault-wrong-key-hint = Nommez le bon avec --vault-key-file ; il est peut-être sur un disque qui n’est pas monté
vault-wrong-machine = Le coffre a été verrouillé par la clé d’une autre machine, ou la clé de celle-ci a été remplacée. Le coffre lui-même est intact.
vault-wrong-machine-hint = Ramenez la clé avec le dossier d’état, ou retirez le coffre et saisissez les mots de passe de nouveau
vault-image = La clé d’une machine ne peut pas verrouiller le coffre d’une image
vault-image-hint = Choisissez --vault-key-file, ou un autre magasin
vault-unbooted = Ce système n’a pas encore démarré et n’a pas d’identifiant de machine : un coffre verrouillé par cette machine ne s’ouvrirait plus après son premier démarrage
vault-no-key-file = Le nouveau verrou du coffre demande un fichier de clé : nommez-le avec --vault-key-file
vault-random = Le système ne donne pas de nombres aléatoires
vault-full = Le coffre n’en prend pas autant
vault-ask = Phrase secrète du coffre
vault-ask-new = Nouvelle phrase secrète
vault-ask-again = Encore une fois
vault-new-passphrase = Il manque une nouvelle phrase secrète : donnez --new-passphrase-file, --new-passphrase-fd ou --new-passphrase-env
vault-new-key-file = Nommez le nouveau fichier de clé avec --new-key-file ; il est créé s’il n’existe pas
vault-empty-passphrase = Une phrase secrète ne peut pas être vide.
vault-typed-otherwise = Les deux n’étaient pas les mêmes. Rien n’a changé.
vault-rotated = Tout le coffre est chiffré avec une nouvelle clé. Les copies plus anciennes du fichier gardent ce qu’elles contenaient.
vault-locked = Le coffre a son nouveau verrou, et tout y est chiffré avec une nouvelle clé.
secret-no-credential = Le profil { $profile } garde son mot de passe dans « { $store } », pas dans les identifiants de systemd.
command-vault = Le fichier chiffré qui garde les mots de passe
command-vault-status = Son verrou, et de qui il garde les mots de passe
command-vault-passphrase = Le verrouille avec une nouvelle phrase secrète
command-vault-rotate = Chiffre tout avec une nouvelle clé
command-vault-export = Affiche tous les mots de passe, un objet JSON par ligne
command-vault-lock-with = Le verrouille avec autre chose
flag-vault-passphrase-file = Lit la phrase secrète du coffre dans ce fichier
flag-vault-passphrase-fd = Lit la phrase secrète du coffre sur ce descripteur
flag-vault-passphrase-env = Lit la phrase secrète du coffre dans cette variable
flag-vault-key-file = Le fichier de clé du coffre
flag-new-passphrase-file = Lit la nouvelle phrase secrète dans ce fichier
flag-new-passphrase-fd = Lit la nouvelle phrase secrète sur ce descripteur
flag-new-passphrase-env = Lit la nouvelle phrase secrète dans cette variable
flag-new-key-file = Le nouveau fichier de clé ; créé s’il n’existe pas
flag-drop-in = Affiche les lignes qui donnent le mot de passe à une unité systemd
flag-for = Le serveur qui reçoit le mot de passe : pour tout autre, rien ne s’affiche
flag-git-credential = Seulement pour l’hôte et l’utilisateur que git demande sur l’entrée standard (git-credential)

# settings that programs here have already
field-import = Partir de réglages déjà présents ?
field-import-help = Des programmes ont ici des réglages d’envoi. Chacun peut être changé ensuite ; un mot de passe vient avec, sans jamais être affiché.
import-found = Des réglages ont été trouvés : { $settings }, dans { $file } ({ $program }). Chacun peut être changé ensuite ; un mot de passe vient avec, sans jamais être affiché.
import-file = { $file } ({ $program })
choice-import-none = Aucun
choice-import-none-hint = partir de zéro
import-fetching = Récupération du mot de passe par sa commande …
import-withheld = { $file } a une commande pour le mot de passe, et elle n’est pas lancée : d’autres peuvent modifier { $path }. Saisissez le mot de passe, ou indiquez-le avec --password-file
import-no-password = { $file } a une commande pour le mot de passe, et elle n’en a pas donné : { $why }
import-missing = Il n’y a pas de { $file } à importer.
import-nothing = { $file } ne nomme aucun serveur par lequel envoyer du courrier.
import-hint = Nommez un autre fichier avec --import { $target }=CHEMIN, ou donnez les réglages sans --import.
invalid-import = Rien ne peut être importé de « { $typed } ». Nommez l’un de ceux-ci : { $targets }, avec =CHEMIN si son fichier est ailleurs, ou none.
flag-import = Partir des réglages de ce programme ; none : partir de zéro
render-source-imported = importé
target-import = Reprise
target-import-from = on peut partir de ce que ses fichiers contiennent déjà (--import { $target })

# Cibles qui mènent à des réglages placés ailleurs
plan-no-place = { $target } n’a pas d’emplacement habituel : dites où, par exemple --target { $target }={ $example }
plan-store = { $target } ne reçoit le mot de passe que de « { $store } » : ajoutez --secret-store { $store }
plan-through = { $target } envoie par { $through }, qui n’a pas ce compte : ajoutez --target { $through }
choice-target-needs-place = demande un chemin : lancez avec --target { $target }={ $example }
target-merge-read = seulement lu : il appartient à la cible { $target }
target-password-given = donné par systemd (--secret-store { $store }) ; il n’est dans aucun fichier du programme
target-ascii = lettres, chiffres et signes ASCII seulement : { $settings }

# Conflits sur la machine où l’on écrit
plan-note-no-queue = { $target } n’a pas de file d’attente : le courrier que le serveur diffère (greylisting), ou qui part avant que le réseau soit là, est perdu. { $others } en ont une.
plan-note-no-log = Rien ne tient de journal ici : le sort du courrier de { $target } ne peut pas être suivi. Pour en avoir un : { $command }
plan-note-strict = { $since } et plus récents refusent le certificat de ce serveur : il ne nomme pas la clé de son émetteur (authorityKeyIdentifier). Avec eux { $target } ne peut pas envoyer tant qu’il n’est pas réémis.
plan-note-no-init = Ni systemd, ni OpenRC, ni runit ne tourne ici : si { $service } tourne, relancez-le, pour que { $target } suive les nouveaux réglages.
plan-note-no-authorities = Les autorités reconnues du système manquent ({ $path }) : sans elles { $target } ne se fie à aucun serveur et n’envoie rien. Installez-les : { $command }
plan-note-login-needs = { $target } ne peut pas encore s’identifier : les modules PLAIN et LOGIN de Cyrus SASL lui manquent. Installez-les : { $command }
conflict-sendmail-other = /usr/sbin/sendmail est { $owner }, pas { $target } : cron et la fonction mail() de PHP continuent d’envoyer avec les réglages de { $owner }. Configurez aussi { $owner } (--target { $key }), ou mettez { $target } à sa place : { $command }
conflict-sendmail-unknown = /usr/sbin/sendmail est { $path }, pas { $target } : cron et la fonction mail() de PHP continuent de passer par lui. Pour mettre { $target } à sa place : { $command }
conflict-sendmail-nobody = Il n’y a pas de /usr/sbin/sendmail : cron et la fonction mail() de PHP ne peuvent pas encore envoyer. Pour que { $target } le soit : { $command }
conflict-sendmail-busybox = /usr/sbin/sendmail est celui de busybox, qui ne lit aucun réglage : cron et la fonction mail() de PHP ne peuvent pas envoyer par lui. Pour mettre { $target } à sa place : { $command }
conflict-not-installed = { $target } n’est pas installé : cron et la fonction mail() de PHP ne peuvent pas encore envoyer par lui. Installez-le : { $command }
conflict-sendmail-several = Un seul parmi { $targets } peut être /usr/sbin/sendmail, par lequel passent cron et la fonction mail() de PHP. { $owner ->
    [none] Aucun ne l’est pour l’instant.
   *[other] Actuellement, c’est { $owner }.
} Retirez ce dont vous n’avez pas besoin.
conflict-queue = { $other } tourne à côté de { $target } : le courrier qu’il a déjà pris part avec ses propres réglages. Voyez ce qui attend avec { $queue } ; quand il n’y a plus rien, arrêtez-le avec { $stop }.
conflict-apparmor-run = AppArmor empêche { $target } de lancer mailsetup pour le mot de passe : rien ne partirait. Ajoutez la ligne « { $rule } » sous « { $below } » dans { $file }, puis lancez apparmor_parser -r { $file }
conflict-apparmor-read = AppArmor empêche { $target } de lire { $path }. Ajoutez la ligne « { $rule } » à { $local }, puis lancez apparmor_parser -r { $file }
conflict-unreadable = { $user } ne pourra pas lire { $path } ({ $mode }) : { $target } ne trouve aucun réglage quand { $user } envoie. Une fois le fichier écrit, lancez { $command } et redémarrez les programmes de { $user }.
conflict-unreadable-first = { $user } ne peut pas lire { $path } ({ $mode }) : { $target } ne trouverait aucun réglage quand { $user } envoie. Lancez d’abord { $command } et redémarrez les programmes de { $user }, puis relancez cette commande.
conflict-key = { $user } ne peut pas lire { $path } : { $target } ne peut pas présenter le certificat client, et aucun courrier ne part. Lancez { $command }
conflict-folder = { $user } ne peut pas entrer dans le dossier { $folder } : { $target } ne trouve pas { $path } quand { $user } envoie. Lancez { $command } et redémarrez les programmes de { $user }.

# Le courrier de root
field-root-mail = Courrier de root vers
field-root-mail-help = Cron et le système écrivent à root. Une adresse ici fait arriver ce courrier ; vide : rien ne change.
note-root-mail = Pour l’instant, le courrier de root va à « { $now } », selon /etc/aliases.
field-senders = Expéditeurs admis
field-senders-help = Beaucoup de fournisseurs refusent les autres expéditeurs. Cron et les services envoient comme root@machine ou sous leurs propres adresses ; l’agent de courrier peut mettre la vôtre à leur place.
choice-senders-one = Votre adresse seule
choice-senders-one-hint = tout part sous elle, quoi que dise un programme
choice-senders-domain = Les adresses de votre domaine
choice-senders-domain-hint = votre adresse à la place de toutes les autres
choice-senders-any = Toute adresse
choice-senders-any-hint = les expéditeurs des programmes restent
field-sender-map = Liste des expéditeurs
field-sender-map-help = Un fichier de lignes DE À : le courrier de DE part comme À. # commence un commentaire.
note-proxy-found = { $variable } nomme ici un proxy, que le courrier n’utilise que si vous le dites : --proxy { $proxy }
note-senders-rule = { $provider } : { $rule }
choice-target-keeps-senders = { $provider ->
        [none] garde
       *[other] { $provider } refuserait le courrier de cron : garde
    } les expéditeurs des programmes ; msmtp, Postfix et Exim les remplacent
invalid-sender-map-two = La ligne { $line } doit avoir deux adresses, DE À.
invalid-sender-map-twice = Ligne { $line } : { $address } y est deux fois, suivie d’adresses différentes. N’en gardez qu’une.
plan-senders = { $target } ne peut pas mettre votre adresse à la place des expéditeurs de cron, des services et des scripts : leur courrier serait refusé.
plan-hint-senders = Choisissez une cible qui le peut ({ $instead }), ou laissez partir tout expéditeur avec --senders any.
plan-no-sender-map = La liste des expéditeurs { $path } n’existe pas.
plan-no-secret-program = Il n’y a pas de programme { $path } que d’autres pourraient exécuter pour obtenir le mot de passe.
plan-hint-sender-map = Corrigez { $path }, ou relancez sans --sender-map.
plan-hint-no-secret-program = Installez-y d’abord mailsetup, ou nommez-le où il est : --secret-command-path PATH
plan-image-lacks = L’image { $root } ne pourrait pas envoyer à son premier démarrage. Il lui manque : { $lacks }.
plan-hint-image-lacks = Installez-le d’abord dans l’image. Où s’y trouve mailsetup : --image-program CHEMIN. Pour écrire les réglages malgré tout : --unproven
plan-note-image-lacks = Avant de pouvoir envoyer, l’image { $root } a besoin de : { $lacks }.
plan-note-image-program = Dans l’image, { $target } exécute { $path } pour obtenir le mot de passe. Si mailsetup y est ailleurs : --image-program CHEMIN
plan-note-image-ca = L’autorité de --ca-file est copiée dans l’image, en { $path }.
runner-image-client-cert = { $path } n’est pas dans l’image { $root }, et une clé privée n’est copiée nulle part. Placez le certificat et la clé dans l’image, et nommez-les par leur chemin sous { $root }.
plan-overruled-setting = { $setting } dans { $path } envoie tout le courrier par une autre voie : { $target } n’emploierait jamais le relais.
plan-hint-overruled-setting = Si cette voie ne sert plus, retirez { $setting } de { $path } et relancez mailsetup.
plan-note-senders-one = { $target } : quelle que soit l’adresse d’un programme d’ici, son courrier part comme { $address }.
plan-note-senders-domain = { $target } : les expéditeurs de { $domain } restent, tout autre courrier part comme { $address }.
plan-note-senders-any = { $target } : les expéditeurs des programmes restent tels quels (--senders any). Si { $host } n’accepte que votre adresse, le courrier de cron est refusé : --senders one met la vôtre à sa place.
plan-note-senders-refused = { $target } : les expéditeurs des programmes restent tels quels, et { $provider } refuse les adresses qui ne sont pas à vous, comme celle de cron. --senders one met la vôtre à leur place.
plan-note-senders-old = Ici, { $target } ne connaît pas { $words } : les programmes qui fixent eux-mêmes un expéditeur le gardent, et leur courrier peut être refusé. Installez { $target } { $since } ou plus récent, puis relancez mailsetup.
plan-note-name = { $target } ne met pas le nom « { $name } » : ceux des programmes restent.
plan-note-reply-to = { $target } n’ajoute pas de Reply-To : les réponses au courrier des programmes vont à son expéditeur, non à { $address }.
plan-note-second = { $target } envoie déjà pour un autre profil : ce qui a { $address } pour expéditeur part avec cet identifiant, tout autre courrier avec l’autre, comme avant.
plan-note-second-domain = { $target } envoie déjà pour un autre profil : ce qui a un expéditeur de { $domain } part avec cet identifiant, tout autre courrier avec l’autre, comme avant.
plan-note-sender-map = { $target } n’a qu’un expéditeur pour tout : la liste des expéditeurs n’y compte pas.
plan-note-overrule-some = { $setting } dans { $path } l’emporte sur ce que { $target } reçoit ici : le courrier qu’il nomme prend une autre voie.
plan-note-overrule-tls = { $setting } dans { $path } l’emporte sur le chiffrement que { $target } reçoit ici. Voyez s’il nomme le relais.
plan-note-overrule-local = mydestination dans { $path } est vide : le courrier de root n’est pas gardé ici et /etc/aliases ne compte pas. Mettez-y le nom de cette machine et localhost s’il doit suivre les alias.
plan-note-overrule-aliases = { $setting } dans { $path } nomme un autre fichier que /etc/aliases : le courrier de root suit celui-là.
plan-note-overrule-senders = { $setting } dans { $path } réécrit les adresses après que { $target } a mis la vôtre à la place de celle d’un programme : du courrier peut partir sous un autre expéditeur. Retirez ce réglage, ou veillez à ce que votre adresse y reste.
plan-note-overrule-outside = { $target } reçoit aussi le courrier d’autres machines ({ $setting } dans { $path }). Ce qu’elles remettent par SMTP garde son expéditeur là où c’est possible ; seuls les programmes d’ici reçoivent le vôtre.

# plan : ce qui gêne sur la machine
plan-overruled = { $path } existe, et { $target } ne lit alors rien d’autre : ce que mailsetup écrit ne compterait pas.
plan-hint-overruled = Déplacez { $path }, ou mettez-y les réglages à la main.
plan-other-kind = { $path } est un fichier { $kind }, que { $target } ne lit pas : ce que mailsetup écrit l’abîmerait.
plan-other-program = { $path } contient { $key } : ce n’est donc pas le fichier de { $target }, et ce que mailsetup écrit l’abîmerait ou resterait sans effet.
plan-outgrown = { $path } montre une version de { $target } qui ne lit plus ces réglages à cet endroit. Réglez-les comme l’indique { $docs }
plan-fault-rival = { $path }, ligne { $line } : un des réglages de courrier y est donné d’une façon que mailsetup ne modifie pas, et qui l’emporte sur ce que mailsetup écrit.
plan-hint-other-kind = Le fichier reste intact. Donnez le chemin du bon fichier : --target NOM=CHEMIN.
plan-hint-other-program = Le fichier reste intact. Pour celui-ci : --target { $instead }={ $path }
plan-hint-rival = Le fichier reste intact. Retirez cette ligne ou placez-la au-dessus des réglages de courrier, puis réessayez.
plan-note-removed = { $path } : retiré, car cela irait contre les nouveaux réglages de { $target } : { $keys }
plan-note-unwritten = { $target } n’a pas de réglage propre pour { $setting ->
    [name] le nom de l’expéditeur
   *[other] l’adresse de réponse
} ; rien n’y est écrit à ce sujet.
plan-fault-outranked = { $path }, ligne { $line } : cette règle prend le courrier de cette machine avant la nôtre, car la première compte.
plan-hint-outranked = Le fichier reste intact. Retirez cette règle ou restreignez-la pour qu’elle ne vaille plus pour toutes les destinations, et recommencez.

# Un programme envoie lui-même le message d’essai

send-subject = Message de test de { $host }, envoyé par { $name }
send-body = { $host } a envoyé ce message le { $when } par { $name }, avec les réglages de { $file }.

    Ils marchent. Il n’y a rien à faire de ce message.
send-under-way = { $name } envoie un message à { $to }
send-under-way-as = { $name } envoie un message à { $to }, en tant que { $user }
send-taken = { $target } : { $name } a lu lui-même les réglages et envoyé un message à { $to } ({ $time })
send-taken-as = { $target } : { $name } a lu lui-même les réglages et envoyé un message à { $to } sous l’identité de { $user } ({ $time })
send-unseen = { $name } a aussi pris un message, mais ni son journal ni sa file ne disent ce qu’il est devenu.
send-failed = { $target } : écrit, mais { $name } lui-même n’envoie pas à { $to }
send-failed-as = { $target } : écrit, mais { $name } lui-même, lancé par { $user }, n’envoie pas à { $to }
send-not-started = Il n’a pas pu être lancé.
send-status = Il s’est terminé avec le code { $status }.
send-status-silent = Il s’est terminé avec le code { $status } sans dire pourquoi.
send-signal = Un signal l’a arrêté.
send-slow = Il n’avait pas fini après { $seconds } secondes et a été arrêté.
send-large = Il écrivait sans fin et a été arrêté.
send-queued = Le message est dans sa file ; il essaiera encore.
send-waiting = Le message est encore dans sa file : voyez si { $name } tourne, et ce que dit son journal.
send-unlisted = Il a pris le message, mais sa file ne peut pas être consultée. { $name } tourne-t-il ?
send-given-up = Il a abandonné le message.
send-we-can = mailsetup peut envoyer avec les mêmes réglages : l’obstacle est sur cette machine, du côté de { $name }.
send-we-cannot = mailsetup ne peut pas non plus envoyer avec ces réglages. Il échoue à : { $stage }
send-usually = Ce qu’il dit signifie le plus souvent : { $title }
send-unreadable = { $user } ne peut pas lire { $path }. Permettez-le : { $command }
send-look = AppArmor ou SELinux le retient peut-être : journalctl -k | grep -i denied
proof-way-cron = le courrier de cron
proof-way-mail = ce que mail -s envoie
proof-way-program = le courrier de { $program }
proof-way-user = le courrier des programmes de { $user }
proof-way-empty = le courrier sans expéditeur
proof-way-taken = { $target } : { $way } est parti vers { $to } ({ $time })
proof-way-unseen = { $target } : { $name } a pris { $way }, mais ni son journal ni sa file ne disent ce qu’il est devenu.
proof-way-failed = { $target } : { $way } (de { $sender } à { $to }) ne part pas
note-sender-refused = { $program } envoie ici comme { $from }, et { $host } le refuse : { $said } Avec --senders one, tout le courrier part comme { $address }.
proof-fix-one = Faites partir tout le courrier comme { $address } : relancez mailsetup avec --senders one.
proof-fix-mailer = { $target } ne sait pas mettre votre adresse à la place des expéditeurs des programmes. { $instead } le savent : choisissez l’un d’eux comme cible.
proof-fix-root = Le courrier pour root n’a pas d’adresse où aller : relancez mailsetup avec --root-mail et la vôtre.
proof-fix-retry = Exim attend depuis un échec passé, quoi qu’on ait réparé depuis. Faites-le lui oublier et réessayer : rm `exim -bP -n spool_directory`/db/retry* && exim -qff
proof-fix-empty = Cela concerne les réponses d’absence et autres messages sans expéditeur. Le reste du courrier n’en souffre pas.
report-own = Messages envoyés par les programmes eux-mêmes

## Le domaine de l’expéditeur (dns)

command-dns = Montre ce qui manque au domaine de l’expéditeur : SPF, DKIM, DMARC
arg-whose = Une adresse, un domaine ou le nom d’un profil
flag-nameserver = Interroge ce serveur de noms, ADRESSE ou ADRESSE:PORT
flag-dns = Regarde seulement les enregistrements du domaine de l’expéditeur
flag-wait = Regarde de nouveau jusqu’à ce que tout soit bon, ou jusqu’à --timeout (une heure)
flag-format = Affiche les enregistrements à ajouter en fichier de zone, ou pour octoDNS, DNSControl ou Terraform
dns-cannot-look = Cette version de mailsetup ne peut pas interroger le DNS : on ne sait rien de { $domain }. Prenez une version avec « discover ».
dns-no-provider = aucun fournisseur ne s’appelle { $key } ; « mailsetup providers » en donne la liste
dns-bad-nameserver = { $typed } n’est pas une adresse, comme 192.0.2.53 ou 192.0.2.53:5353
dns-some-provider = ce fournisseur
dns-verdict-both = Le courrier de { $domain } par { $provider } passe DMARC, par SPF et par DKIM.
dns-verdict-spf = Le courrier de { $domain } par { $provider } passe DMARC par SPF seul : il échoue dès qu’on le transfère.
dns-verdict-dkim = Le courrier de { $domain } par { $provider } passe DMARC, par DKIM.
dns-verdict-open = On ne peut pas encore dire si le courrier de { $domain } par { $provider } passe DMARC.
dns-verdict-neither = Le courrier de { $domain } par { $provider } ne passe pas DMARC.
dns-verdict-not-yours = { $domain } appartient au fournisseur : il n’y a rien à ajouter.
dns-enter = À saisir là où se gère le DNS de { $domain } :
dns-enter-at = À saisir chez { $host }, { $url } ({ $way }) :
dns-name-empty = (laisser vide)
dns-replaces = à la place de : { $record }
dns-wait = Après la modification, il peut falloir { $minutes ->
        [one] une minute
       *[other] { $minutes } minutes
    } pour que tout le monde la voie.
dns-again = Entrée pour regarder de nouveau, Ctrl-D pour finir.
dns-waiting = Pas encore bon : nouvel essai dans { $seconds } s, pendant { $minutes } min au plus. Ctrl-C pour finir.
dns-senders-any = Des programmes de cette machine peuvent aussi envoyer depuis d’autres domaines. Regardez chacun : mailsetup dns DOMAIN --provider KEY
dns-split-zone = Les serveurs de noms de { $zone } ont ici des adresses privées : le reste du monde reçoit peut-être d’autres réponses. Un autre serveur de noms : --nameserver ADRESSE
dns-split-mx = { $host } a ici une adresse privée ({ $address }) : le reste du monde reçoit peut-être d’autres réponses. Un autre serveur de noms : --nameserver ADRESSE
dns-split-unknown = Inconnu : ce réseau a son propre { $zone }. Interrogez un serveur de noms extérieur avec --nameserver.
dns-receivers-every = { $receivers } : sans { $lacks }, les messages sont refusés ou mis à l’écart.
dns-receivers-bulk = { $receivers } : { $lacks } à partir de { $count } messages par jour.
dns-dmarc-several = { $domain } a plusieurs enregistrements DMARC : aucun ne compte. Gardez-en un seul.
dns-value-at-provider = (la valeur est sur la page du fournisseur)
dns-not-yours = Le fournisseur s’en occupe.
dns-no-answer = Le DNS n’a pas répondu pour { $name }. Réessayez plus tard.
dns-null-mx = { $domain } déclare ne recevoir aucun courrier (MX nul). Beaucoup de serveurs refusent un tel expéditeur.
dns-no-mx = { $domain } n’a pas d’enregistrement MX : réponses et retours d’erreur risquent de se perdre.
dns-unconfirmed = Ce que { $provider } demande dans le DNS n’est pas confirmé : comparez avec la page du fournisseur.
dns-provider-unknown = Inconnu : aucun préréglage ne connaît ce fournisseur. Indiquez-en un avec --provider.
dns-envelope-unknown = Inconnu : { $provider } met peut-être son propre domaine dans l’enveloppe. Sa page dit quel enregistrement SPF il demande.
dns-spf-place-unknown = { $provider } invente pour cela un nom sous votre domaine : suivez la page du fournisseur.
dns-spf-not-needed = Inutile : { $provider } met son propre domaine dans l’enveloppe.
dns-spf-fine = Couvre { $provider }.
dns-spf-add = L’enregistrement ne couvre pas { $provider }.
dns-spf-missing = Il n’y a pas d’enregistrement. Ajoutez celui-ci, après y avoir mis tous les autres qui envoient pour le domaine.
dns-spf-others-unknown = Il n’y a pas d’enregistrement, et un premier peut faire échouer d’autres courriers : cherchez qui d’autre envoie pour le domaine ({ $host } reçoit son courrier), puis publiez include:{ $include } avec eux.
dns-spf-include-unknown = Inconnu : la page du fournisseur dit quel enregistrement il demande.
dns-spf-include-wrong = Inconnu : { $name } n’a pas d’enregistrement SPF utilisable. Voyez la page du fournisseur.
dns-spf-full = include:{ $include } n’entre pas : { $terms } requêtes, et 10 sont permises. { $costly } coûte le plus ({ $cost }) : retirez ce qui n’envoie plus.
dns-spf-nearly-full = L’enregistrement SPF demande { $count } des 10 requêtes permises.
dns-spf-refused-before = Un terme placé avant refuse ces serveurs : mettez include:{ $include } devant lui.
dns-spf-several = { $domain } a plusieurs enregistrements SPF, donc aucun ne compte. Gardez-en un.
dns-spf-syntax = L’enregistrement de { $domain } contient une erreur, donc il ne compte pas : { $term }
dns-spf-no-record = L’enregistrement nomme { $domain }, qui n’a pas de SPF, donc il ne compte pas. Retirez ce nom.
dns-spf-terms = L’enregistrement demande plus de 10 requêtes, donc il ne compte pas. Retirez ce qui n’envoie plus.
dns-spf-void = Plus de deux noms de l’enregistrement restent sans réponse, donc il ne compte pas. Retirez-les.
dns-spf-hosts = { $domain } a plus de 10 hôtes MX, donc un enregistrement avec « mx » ne compte pas.
dns-dkim-fine = Clé de { $bits } bits.
dns-dkim-test = Clé de { $bits } bits, marquée comme essai (t=y) : les destinataires peuvent l’ignorer.
dns-dkim-short = La clé a { $bits } bits et les destinataires en veulent 1024 : faites-en une nouvelle chez le fournisseur.
dns-dkim-missing = Il n’y a pas de clé. Activez DKIM chez { $provider }, puis ajoutez ce qu’il affiche.
dns-dkim-not-there = Il n’y a pas de clé à ce nom, et tous les comptes chez { $provider } ne l’utilisent pas : voyez la page du fournisseur.
dns-dkim-made-up = { $provider } invente ce nom : il est sur la page du fournisseur.
dns-dkim-revoked = La clé a été retirée (p= est vide). Réactivez DKIM chez { $provider }.
dns-dkim-stale = Mène à { $target }, où il n’y a pas de clé. Activez DKIM chez le fournisseur, ou corrigez l’enregistrement.
dns-dkim-unreadable = { $name } n’a pas une clé unique et lisible.
dns-dmarc-fine = Politique { $policy }, de { $domain }.
dns-dmarc-missing = Il n’y a pas de politique. p=none ne refuse rien, et les grands destinataires la demandent.
dns-dmarc-refuses = La politique DMARC est { $policy }, et ce courrier ne passe pas : les destinataires vont le refuser ou l’écarter.
dns-dmarc-test = La politique DMARC est marquée comme essai (t=y) : les destinataires appliquent la suivante, plus faible.
dns-dmarc-former = L’enregistrement DMARC contient { $tags }, qui ne veut plus rien dire (RFC 9989).

# Adresses qui reçoivent des secrets, et accès par OAuth 2.0.
invalid-https-url = { $typed } n’est pas une adresse du genre https://login.example.com/token.
invalid-https-url-plain = { $typed } n’est pas chiffrée. Les secrets ne passent que par https://, ou par http:// vers cette machine.
invalid-https-url-login = L’adresse contient un nom d’utilisateur. Enlevez tout jusqu’au @.
invalid-pasted-empty = Rien n’a été collé. Collez l’adresse sur laquelle le navigateur s’est arrêté.
invalid-pasted-denied = La page de connexion indique que l’accès a été refusé ({ $said }). Rouvrez le lien et acceptez, ou demandez à un administrateur de l’autoriser.
invalid-pasted-refused = La page de connexion refuse : { $said }.
invalid-pasted-state = Cette adresse vient d’un autre essai. Ouvrez le lien affiché maintenant, connectez-vous, puis collez l’adresse sur laquelle le navigateur s’arrête.
invalid-pasted-link = C’est le lien lui-même. Ouvrez-le dans un navigateur, connectez-vous, puis collez l’adresse sur laquelle le navigateur s’arrête.
invalid-pasted-no-code = Il n’y a pas de code dans « { $typed } ». Collez toute l’adresse de la barre du navigateur ; elle contient code=.
oauth-certificate = Le fichier du certificat est inutilisable : { $why }.
oauth-key-not-rsa = La clé privée n’est pas une clé RSA. Créez-en une avec : openssl req -x509 -newkey rsa:2048 -nodes -days 730
oauth-unreachable = { $host } n’a pas pu être joint : { $why }. Le serveur doit pouvoir sortir vers le port 443.
oauth-plain = { $host } n’est pas cette machine, et http n’est pas chiffré : aucun secret n’a été envoyé. Donnez une adresse https avec --oauth-token-url.
oauth-redirected = { $host } redirige vers { $to }. Les secrets n’y sont pas envoyés : vérifiez --oauth-token-url.
oauth-long = La réponse de { $host } est trop longue pour un jeton. Vérifiez --oauth-token-url.
oauth-no-json = { $host } a répondu avec le statut { $status }, et pas comme un serveur de jetons. Vérifiez --oauth-token-url.
oauth-incomplete = La réponse de { $host } n’a pas de champ { $field } utilisable.
oauth-refused = { $host } refuse : { $said }
oauth-expired = Le code a expiré : personne ne s’est connecté avec. Recommencez pour en avoir un nouveau.
oauth-cancelled = La connexion a été interrompue.
oauth-no-endpoint = Pour cette façon de se connecter, il manque une adresse : --oauth-device-url pour device, --oauth-auth-url pour redirect.
oauth-no-service-key = Ce n’est pas le fichier de clé d’un compte de service. Créez une clé JSON sur console.cloud.google.com, sous IAM et administration > Comptes de service > Clés.
oauth-no-client-secret = Une application se connecte avec un secret ou un certificat : donnez --password-file ou --oauth-certificate.
oauth-unbuilt = Ce mailsetup a été compilé sans OAuth 2.0. Installez-en un qui l’a.

command-token = L’accès donné à un profil
command-token-status = Qui l’a donné, et jusqu’à quand il vaut
command-token-renew = Demander un nouveau jeton d’accès maintenant
command-token-revoke = Retirer l’accès
command-token-login = Se connecter à nouveau
token-damaged = Ce qui est gardé pour { $profile } n’est pas lisible comme un accès. Reconnectez-vous : mailsetup token login { $profile }
token-closed = Le jeton d’accès de { $profile } a expiré, et cet utilisateur ne peut pas le renouveler. Son propriétaire le peut : mailsetup token renew { $profile }
token-busy = Un autre mailsetup renouvelle le jeton d’accès de { $profile } depuis plus d’une minute. Réessayez plus tard.
token-ended = L’accès de { $profile } a pris fin : { $why } Reconnectez-vous : mailsetup token login { $profile }
token-none = Pas de nouveau jeton d’accès pour { $profile } : { $why }
token-no-grant = Le profil { $profile } se connecte avec un mot de passe.
token-no-grant-hint = Avec mailsetup edit PROFIL --auth xoauth2 --oauth-grant ACCÈS, il se connecte par OAuth 2.0.
token-revoked = L’accès de { $profile } a été retiré auprès de { $host }.
token-forgotten = L’accès de { $profile } a été supprimé ici. { $host } ne permet pas de le retirer d’ici : supprimez l’application dans les paramètres de sécurité du compte.
token-login-hint = Plus aucun message ne part avec ce profil avant une nouvelle connexion : mailsetup token login { $profile }
token-given = Accès pour { $account }, donné par { $host } le { $when } ({ $kind })
token-until = Le jeton d’accès vaut jusqu’au { $when } et se renouvelle seul.
token-over = Aucun jeton d’accès valable pour l’instant ; le prochain message en demandera un.
token-certificate = Le certificat expire dans { $days } jours.
choice-oauth-grant-device = Code à saisir dans n’importe quel navigateur
choice-oauth-grant-redirect = Connexion dans n’importe quel navigateur, adresse à coller
choice-oauth-grant-client = L’application elle-même
choice-oauth-grant-service = Compte de service

## Accès par OAuth 2.0

field-oauth-grant = Façon de se connecter
field-oauth-grant-help = La première dure le plus longtemps. Qui peut inscrire une application peut la prendre ; sinon, prenez celle que votre administrateur autorise.
field-oauth-tenant = Locataire
field-oauth-tenant-help = L’annuaire de l’organisation. Son identifiant, ou l’un de ses domaines.
field-oauth-client-id = Identifiant client
field-oauth-client-id-help = L’identifiant de votre application chez le fournisseur. Ceux d’autres programmes peuvent être coupés du jour au lendemain.
field-oauth-scope = Portée
field-oauth-scope-help = Ce pour quoi l’accès est demandé. Des mots, séparés par une espace.
field-oauth-token-url = Adresse des jetons
field-oauth-token-url-help = Le serveur qui donne les jetons d’accès. Un exemple : https://login.example.com/oauth2/token. Les secrets vont là et nulle part ailleurs.
field-oauth-auth-url = Adresse de connexion
field-oauth-auth-url-help = La page sur laquelle une personne se connecte.
field-oauth-device-url = Adresse des codes
field-oauth-device-url-help = D’où vient un code pour n’importe quel navigateur.
field-oauth-ca-file = Fichier d’autorité de ces adresses
field-oauth-ca-file-help = Le fichier PEM de l’autorité de leur certificat. Vide : les autorités du système.
field-oauth-certificate = Certificat de l’application
field-oauth-certificate-help = Certificat et clé RSA en PEM, au lieu d’un secret client. Pour un compte de service : son fichier de clé JSON.
field-oauth-key-file = Fichier de clé du compte de service
field-oauth-address = Adresse où le navigateur s’est arrêté
field-oauth-address-help = Ouvrez le lien n’importe où, connectez-vous et acceptez. Le navigateur dit ensuite qu’il ne peut pas se connecter : c’est normal. Copiez toute l’adresse de sa barre et collez-la ici.
field-client-secret = Secret client
choice-oauth-grant-device-hint = une personne saisit un code ; s’arrête après 90 jours sans usage ou au changement de mot de passe
choice-oauth-grant-redirect-hint = une personne se connecte et colle une adresse ; là où les codes sont bloqués
choice-oauth-grant-client-hint = personne ne se connecte ; un administrateur le prépare une fois
choice-oauth-grant-service-hint = personne ne se connecte ; un administrateur Workspace le prépare une fois
choice-oauth-grant-none = Une commande qui affiche des jetons
choice-oauth-grant-none-hint = un autre programme les obtient et les renouvelle
oauth-open-link = Ouvrez ce lien dans n’importe quel navigateur :
oauth-accept = Connectez-vous avec la boîte, et acceptez.
oauth-copy-address = Le navigateur s’arrête sur une page qu’il ne peut pas ouvrir. Copiez toute l’adresse de sa barre, et collez-la ici.
oauth-enter-code = Ouvrez { $url } dans n’importe quel navigateur, et saisissez le code { $code }
oauth-code-lasts = En attente d’une connexion. Le code vaut encore { $minutes } minutes.
oauth-asking = Demande d’accès…
oauth-meaning = { $title }. { $steps }.
oauth-file = { $path } est inutilisable : { $cause }.
oauth-needs-person = Quelqu’un doit se connecter, et personne ne peut être interrogé ici.
oauth-needs-person-hint = Lancez-le une fois dans un terminal, ou connectez-vous sans personne : --oauth-grant client, ou --oauth-grant service.
store-grant = L’accès par OAuth 2.0 se renouvelle seul, et { $store } ne s’écrit pas sans une personne : file, vault, keyring, pass ou systemd le peuvent.
runner-broken-access = Rien n’a été demandé au serveur d’autorisation.

# home: the saved profiles
field-home = Vos boîtes aux lettres
field-home-help = Choisissez-en une pour la tester, la modifier ou la retirer, ou configurez-en une autre.
field-home-action = Que voulez-vous faire ?
field-home-action-help = Le test se connecte et propose un message ; rien n’est envoyé, rien n’est écrit.
field-home-action-with = { $profile } : que voulez-vous faire ?
field-home-sure = Retirer ?
field-home-sure-help = Entrée laisse tout en l’état.
field-home-sure-remove = Annuler tout ce qui a été écrit pour { $profile } ?
field-home-sure-undo = Annuler la dernière écriture ?
field-change = Que voulez-vous modifier ?
field-change-help = Rien n’est écrit avant que vous l’ayez vu et accepté.
field-change-of = { $profile } : que voulez-vous modifier ?
choice-change-go = Rien d’autre
choice-change-go-hint = tester, puis montrer ce qui serait écrit
choice-home-test = Tester
choice-home-test-hint = se connecter maintenant et voir chaque étape
choice-home-edit = Modifier
choice-home-edit-hint = voir ses réponses et les changer
choice-home-add = Ajouter un programme
choice-home-add-hint = qu’un programme de plus envoie avec elle
choice-home-remove = Retirer
choice-home-remove-hint = annuler ce qui a été écrit pour elle
choice-home-new = Nouvelle boîte
choice-home-new-hint = configurer une autre adresse
choice-home-undo = Annuler
choice-home-undo-hint = annuler la dernière écriture
home-row = { $address }, { $server } ; { $programs ->
    [none] aucun programme
   *[other] { $programs }
} ; { $checked }
home-row-damaged = son fichier est illisible : « mailsetup list » dit pourquoi
home-unchecked = pas encore testée
home-checked = fonctionnait { $ago }
home-failed = en échec { $ago } : { $cause }
home-ago = { $unit ->
    [minutes] { $number ->
        [0] à l’instant
        [one] il y a une minute
       *[other] il y a { $number } minutes
    }
    [hours] { $number ->
        [one] il y a une heure
       *[other] il y a { $number } heures
    }
   *[days] { $number ->
        [one] hier
       *[other] il y a { $number } jours
    }
}
tui-home = Entrée ou t teste, e modifie, a ajoute un programme, r retire ; n configure une autre boîte, u annule la dernière écriture.

# review: what will change, and what can be done later
review-files = { $files ->
    [one] 1 fichier :
   *[other] { $files } fichiers :
} { $parts }.
review-new = { $number ->
    [one] 1 nouveau
   *[other] { $number } nouveaux
}
review-changed = { $number ->
    [one] 1 modifié
   *[other] { $number } modifiés
}
review-removed = { $number ->
    [one] 1 supprimé
   *[other] { $number } supprimés
}
review-nobody = Aucun programme n’envoie encore par { $through }.
review-one = { $program } enverra par { $through }.
review-several = { $others } et { $last } enverront par { $through }.
review-answers = { $answers }{ $imported ->
    [yes] {" "}(importé)
   *[no] {""}
}
render-later = Plus tard : « mailsetup check { $profile } » teste à nouveau, « mailsetup edit { $profile } » modifie, « mailsetup undo » annule, « mailsetup » configure la boîte suivante et « mailsetup explain --journal » dit ce qui a été journalisé.
