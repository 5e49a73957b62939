<?php
// Asks both vendors at their own host names; prints both statuses. Knows nothing of Syncproof.
const URLS = ["https://api.hubapi.com/crm/v3/objects/contacts?limit=1", "https://login.salesforce.com/services/data"];

function by_curl(string $url): int {
    $handle = curl_init($url);
    curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => ["Authorization: Bearer " . getenv("TOKEN")]]);
    if (curl_exec($handle) === false) {
        fwrite(STDERR, curl_error($handle) . "\n");
    }
    return curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
}

function by_streams(string $url): int {
    $context = stream_context_create(["http" => ["header" => "Authorization: Bearer " . getenv("TOKEN") . "\r\n"]]);
    file_get_contents($url, false, $context);
    return (int) explode(" ", $http_response_header[0])[1];
}

$found = array_map("by_" . $argv[1], URLS);
echo implode(" ", $found), "\n";
