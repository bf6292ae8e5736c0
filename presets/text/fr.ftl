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
