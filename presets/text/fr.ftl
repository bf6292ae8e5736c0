# Toutes les phrases que l’on voit, en français. Un message par phrase ; le préfixe dit où elle se trouve.

word-yes = oui
word-no = non

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
field-port-help = 465 pour le TLS implicite, 587 pour STARTTLS, sauf indication de votre fournisseur.
field-allow-plaintext = Envoyer sans chiffrement ?
field-allow-plaintext-help = Sur le trajet vers { $host }, tout le monde peut lire le mot de passe et chaque message.
field-ca-file = Fichier d’autorité
field-ca-file-help = Un fichier PEM avec l’autorité qui a signé le certificat du serveur. Vide : celles du système.
field-pin-sha256 = Certificat épinglé
field-pin-sha256-help = Le SHA-256 du seul certificat accepté, 64 chiffres hexadécimaux. Vide : aucun.
field-ehlo = Nom EHLO
field-ehlo-help = La façon dont cette machine se présente au serveur. Le mieux est son nom complet, comme web1.exemple.fr.
field-imap = Garder aussi les réglages IMAP ?
field-imap-help = La lecture de la boîte est notée dans le profil, pour les programmes qui cherchent des réponses.
field-imap-host = Serveur IMAP
field-imap-host-help = Le serveur où se lit la boîte, par exemple imap.exemple.fr.
field-imap-security = Chiffrement IMAP
field-imap-security-help = Le TLS implicite (993) est le meilleur choix.
field-imap-port = Port IMAP
field-imap-port-help = 993 pour le TLS implicite, 143 pour STARTTLS.
field-imap-username = Identifiant IMAP
field-imap-username-help = En général le même que pour l’envoi.
field-auth = Méthode d’identification
field-auth-help = Laissez sur automatique, sauf si votre fournisseur en impose une.
field-username = Identifiant
field-username-help = En général l’adresse complète.
field-password = Mot de passe
field-password-help = Il n’est affiché nulle part et n’est gardé que là où vous le choisissez.
field-password-token = Jeton d’accès
field-spaces = Retirer les espaces ?
field-spaces-help = Votre mot de passe contient des espaces. Ce fournisseur affiche ses mots de passe d’application par groupes ; les espaces n’en font pas partie.
field-test = Test en direct
field-test-help = Rien n’est écrit avant le test.
field-test-to = Envoyer le message de test à
field-test-to-help = Un court message y est envoyé.
field-force = Le test a échoué
field-force-help = Rien n’a été écrit.
field-target = Écrire les réglages pour
field-target-help = Les programmes de cette machine qui envoient des messages. Le profil est gardé dans tous les cas.
field-secret-store = Garder le mot de passe dans
field-secret-store-help = Celui qui envoie doit pouvoir le lire sans personne devant l’écran.
field-password-env = Variable avec le mot de passe
field-password-env-help = Son nom. Elle doit être définie partout d’où partent des messages.
field-password-command = Commande qui affiche le mot de passe
field-password-command-help = Elle est exécutée par /bin/sh à chaque envoi.
field-scope = Pour qui
field-scope-help = Pour votre compte, ou pour toute la machine.
field-profile = Nom du profil
field-profile-help = Les réglages sont gardés sous ce nom. Un seul profil suffit à la plupart des machines.
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
choice-auth-xoauth2 = XOAUTH2
choice-auth-xoauth2-hint = avec un jeton d’accès OAuth 2.0 à la place du mot de passe
choice-auth-none = Sans identification
choice-auth-none-hint = le serveur connaît cette machine
choice-test-send = Envoyer un message
choice-test-send-hint = prouve tout le trajet
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
choice-store-file-hint = à côté du profil, lisible par son seul propriétaire
choice-store-keyring = Le trousseau du bureau
choice-store-keyring-hint = seulement tant que son propriétaire est connecté
choice-store-command = Une commande à vous
choice-store-command-hint = pass, un coffre, un script qui l’affiche
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
invalid-confirm = Répondez oui ou non au lieu de « { $typed } ».
invalid-provider = Il n’y a pas de fournisseur « { $typed } ». Prenez « custom » avec un serveur, ou voyez « mailsetup providers ».
invalid-provider-near = Il n’y a pas de fournisseur « { $typed } ». Vouliez-vous dire { $near } ?
invalid-target = Il n’y a pas de cible « { $typed } ». Voyez « mailsetup targets ».
invalid-target-near = Il n’y a pas de cible « { $typed } ». Vouliez-vous dire { $near } ?
invalid-pin = Il faut le SHA-256 du certificat : 64 chiffres hexadécimaux, avec ou sans deux-points.
invalid-profile = « { $typed } » ne peut pas nommer un profil. Utilisez lettres, chiffres, points, tirets et soulignés.
invalid-variable = « { $typed } » ne peut pas nommer une variable. Utilisez lettres, chiffres et soulignés.

## Remarques sur les réponses

note-ehlo = Cette machine se nomme « { $name } », ce qui n’est pas un nom complet. Certains serveurs le refusent : donnez un nom EHLO comme web1.exemple.fr.
note-port-mode = Le port { $port } parle d’habitude un autre mode que { $mode }. Si le test échoue à l’accueil ou au TLS, changez l’un des deux.
note-username-space = Il y a une espace dans l’identifiant. Est-ce voulu ?
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
host-bad-profile = Le profil ne peut pas être compris : { $fault }

host-locked = Un autre mailsetup est en train d’écrire (processus { $pid })
host-locked-unknown = Un autre mailsetup est en train d’écrire
host-locked-hint = Attendez sa fin, puis relancez la même commande
host-changed = { $path } a été modifié entre-temps par quelqu’un d’autre : rien n’a été écrit
host-changed-hint = Relancez la même commande pour voir les nouvelles différences
host-link-dangling = { $path } est un lien symbolique qui ne mène nulle part
host-link-shared = { $path } passe par un dossier où tout le monde peut écrire
host-link-foreign = { $path } mène à un fichier d’un autre utilisateur
host-link-outside = { $path } mène hors de l’image
host-link-hard = { $path } a un second nom ailleurs, dans un dossier où tout le monde peut écrire
host-link-hint = Mettez-y un fichier ordinaire, ou choisissez un autre chemin avec --target NOM=CHEMIN
host-no-group = Il n’y a pas de groupe nommé { $group }
host-owner = { $path } : impossible de fixer son propriétaire et son groupe
host-owner-hint = Lancez mailsetup avec sudo
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
host-recovered = Une exécution du { $when } a été interrompue ; ce qu’elle avait écrit a été annulé
host-recovered-not = { $path } a été modifié depuis et a été laissé tel quel ; son contenu d’avant est dans { $backup }
host-recovered-left = { $path } a été modifié depuis et a été laissé tel quel
host-undo-gone = { $path } a été supprimé depuis et le reste ; son contenu d’avant est dans { $backup }
host-undo-gone-new = { $path } a été supprimé depuis et le reste

host-input-stdin = Impossible de lire le mot de passe sur l’entrée standard : { $error }
host-input-descriptor = Impossible de lire le mot de passe sur le descripteur { $number } : { $error }
host-input-variable = La variable d’environnement { $name } n’est pas définie
host-input-empty = Le mot de passe est vide
host-input-not-text = Le mot de passe n’est pas du texte UTF-8
host-input-long = Le mot de passe dépasse 64 Kio
host-command-start = La commande du mot de passe n’a pas pu être lancée : { $error }
host-command-slow = La commande du mot de passe ne s’est pas terminée en { $seconds } secondes
host-command-failed = La commande du mot de passe a échoué ({ $status })
host-command-said = La commande du mot de passe a échoué ({ $status }) : { $said }

host-secret-open = { $path } contient le mot de passe, et tout le monde sur cette machine peut le lire (mode { $mode })
host-secret-open-hint = Fermez-le avec : chmod { $mode } { $path }
host-secret-missing-hint = Saisissez à nouveau le mot de passe avec mailsetup edit
host-secret-no-entry = Le trousseau n’a pas d’entrée { $entry } de mailsetup
host-keyring-no-bus = Pas de trousseau : aucune session de bureau n’est ouverte ici (pas de bus de session D-Bus)
host-keyring-no-service = Pas de trousseau : aucun service de trousseau ne tourne dans cette session
host-keyring-silent = Pas de trousseau : il n’a pas répondu à temps
host-keyring-locked = Le trousseau est verrouillé et n’a pas été déverrouillé
host-keyring-ambiguous = Le trousseau a cette entrée plusieurs fois : supprimez les autres
host-keyring-other = Le trousseau ne fonctionne pas : { $error }
host-keyring-hint = Déverrouillez le trousseau, ou choisissez --secret-store file
host-keyring-image = Le trousseau d’une image ne peut pas être rempli d’ici : enregistrez le mot de passe une fois l’image démarrée
host-keyring-left = Le trousseau contient encore l’entrée { $entry } : supprimez-la dans le trousseau
host-keyring-forgotten = L’entrée { $entry } du trousseau a été supprimée ; undo ne la rétablit pas
host-keyring-changed = L’entrée { $entry } du trousseau garde son nouveau mot de passe
