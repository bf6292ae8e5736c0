// A peer: node nodemailer.js verify|send HOST PORT starttls|tls CA USER PASSWORD TO
const [what, host, port, mode, ca, user, pass, to] = process.argv.slice(2);
const nodemailer = require(require.resolve('nodemailer', { paths: [process.env.NODE_PEERS] }));
const transport = nodemailer.createTransport({
  host, port: Number(port), secure: mode === 'tls', requireTLS: mode === 'starttls',
  auth: { user, pass }, tls: { ca: require('fs').readFileSync(ca) },
});
const done = what === 'verify' ? transport.verify()
  : transport.sendMail({ from: user, to, subject: 'benchmark', text: 'hello' });
done.then(() => process.exit(0), (e) => { console.error(e.message); process.exit(1); });
