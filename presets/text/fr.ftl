app-name = mailsetup
