<?php
[, $file, $from, $to, $subject, $body] = $argv;
require '/usr/share/php/libphp-phpmailer/autoload.php';
$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->isSMTP();
// Why it failed; credentials are hidden below level 4.
$mail->SMTPDebug = 3;
$mail->Debugoutput = fn ($line) => fwrite(STDERR, rtrim($line) . "\n");
$mail->setFrom($from);
foreach (require $file as $name => $value) {
    property_exists($mail, $name) || die("PHPMailer has no property $name\n") && exit(1);
    $mail->$name = $value;
}
$mail->addAddress($to);
$mail->Subject = $subject;
$mail->Body = file_get_contents($body);
try {
    $mail->send();
} catch (Exception $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    exit(1);
}
