# What is sent to carol+junk@example.test is spam.
require ["envelope", "subaddress", "fileinto"];
if envelope :detail "to" "junk" {
    fileinto "Junk";
}
