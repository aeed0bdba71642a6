<?php
// Upstream's `occ`, with its arguments on standard input: in a command line every process of the pod could read them.
$_SERVER['argv'] = $argv = ['occ', ...json_decode((string)stream_get_contents(STDIN), true, 16, JSON_THROW_ON_ERROR)];
$_SERVER['argc'] = $argc = count($argv);
require (getenv('HUB_CODE') ?: '/usr/src/nextcloud') . '/console.php';
