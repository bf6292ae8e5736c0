const fs = require('fs');
const [file, from, to, subject, body] = process.argv.slice(2);
let options = require(file);
if (options.smtp) {
  const { host, port, security, username, password, ca_file: ca } = options.smtp;
  options = {
    host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none',
    auth: username ? { user: username, pass: password } : undefined,
    tls: ca ? { ca: fs.readFileSync(ca) } : {},
  };
}
require('nodemailer').createTransport(options).sendMail({ from, to, subject, text: fs.readFileSync(body, 'utf8') })
  .catch((error) => { console.error(String(error)); process.exitCode = 1; });
