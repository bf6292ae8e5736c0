<?php
// Stands for WordPress's wp-settings.php, which wp-config.php loads at its end: of WordPress, what wp_mail() needs.
[, , $site, $from, $to, $subject, $body] = $argv;
define('WPINC', 'wp-includes');
define('WP_CONTENT_DIR', "$site/wp-content");
foreach (['load', 'plugin', 'class-wp-error', 'formatting', 'functions', 'kses', 'shortcodes', 'pomo/translations', 'l10n', 'http'] as $part) {
    require_once ABSPATH . WPINC . "/$part.php";
}
function get_bloginfo($what = '') { return $what === 'charset' ? 'UTF-8' : 'Test bed'; }
function network_home_url() { return 'http://host.example.test/'; }
foreach (glob(WP_CONTENT_DIR . '/mu-plugins/*.php') as $plugin) {
    require_once $plugin;
}
require_once ABSPATH . WPINC . '/pluggable.php';

if (defined('WPMS_ON') && WPMS_ON && WPMS_MAILER === 'smtp') {
    add_action('phpmailer_init', function ($mail) {
        $mail->isSMTP();
        $mail->Host = WPMS_SMTP_HOST;
        $mail->Port = WPMS_SMTP_PORT;
        $mail->SMTPSecure = WPMS_SSL;
        $mail->SMTPAutoTLS = WPMS_SMTP_AUTOTLS;
        $mail->SMTPAuth = WPMS_SMTP_AUTH;
        $mail->Username = WPMS_SMTP_USER;
        $mail->Password = WPMS_SMTP_PASS;
    });
    if (defined('WPMS_MAIL_FROM')) {
        add_filter('wp_mail_from', fn () => WPMS_MAIL_FROM);
    }
    if (defined('WPMS_MAIL_FROM_NAME')) {
        add_filter('wp_mail_from_name', fn () => WPMS_MAIL_FROM_NAME);
    }
}
// Why it failed; credentials are hidden below level 4.
add_action('phpmailer_init', function ($mail) {
    $mail->SMTPDebug = 3;
    $mail->Debugoutput = fn ($line) => fwrite(STDERR, rtrim($line) . "\n");
}, 99);
add_action('wp_mail_failed', fn ($error) => fwrite(STDERR, $error->get_error_message() . "\n"));
exit(wp_mail($to, $subject, file_get_contents($body), defined('WPMS_MAIL_FROM') ? '' : "From: $from") ? 0 : 1);
