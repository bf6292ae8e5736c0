<?php
[, $file, $from, $to, $subject, $body] = $argv;
require '/usr/share/php/libphp-phpmailer/autoload.php';
$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->isSMTP();
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
