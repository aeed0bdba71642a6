<?php
// Installs the server into an empty database, upgrades it where the code is newer than it, and keeps apps and settings as planned. It does what is left to do, however
// often it runs. Which version the database has is in the database: no file of the server outlives its pod.
declare(strict_types=1);

$place = static fn (string $name, string $otherwise): string => (string)(getenv($name) ?: $otherwise);
$code = $place('HUB_CODE', '/usr/src/nextcloud');
$run = $place('HUB_RUN', '/run/hub');
$secrets = $place('HUB_SECRETS', '/secrets');
$folder = $place('HUB_SETTINGS', '/settings');
$read = static fn (string $file): array => json_decode((string)file_get_contents($file), true, 64, JSON_THROW_ON_ERROR);
$secret = static function (string $name) use ($secrets): string {
    $text = rtrim((string)file_get_contents("$secrets/$name"), "\n");
    return $text === '' ? throw new RuntimeException("no content in $secrets/$name") : $text;
};
$hub = $read("$folder/settings.json");
$wishes = $read("$folder/keep.json");
require "$code/version.php";
$version = implode('.', $OC_Version);
$say = static fn (string $text) => print "$text\n";

/** Runs one command of occ. @throws RuntimeException where it fails. */
$occ = static function (array $arguments, bool $changing = false, array $more = []) use ($run, $say): string {
    $environment = [...getenv(), ...$more];
    if ($changing) {
        $environment = [...$environment, 'HUB_CHANGES' => 'yes', 'NEXTCLOUD_CONFIG_DIR' => "$run/changing"];
    }
    $pipes = [];
    $process = proc_open([PHP_BINARY, '-f', __DIR__ . '/occ.php'], [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes, null, $environment);
    fwrite($pipes[0], json_encode(array_map(strval(...), $arguments), JSON_THROW_ON_ERROR));
    fclose($pipes[0]);
    $answer = (string)stream_get_contents($pipes[1]);
    $status = proc_close($process);
    if ($status !== 0) {
        throw new RuntimeException("occ {$arguments[0]} ended with $status: $answer");
    }
    $say("occ {$arguments[0]} " . ($arguments[1] ?? ''));
    return $answer;
};

// The folder in which an installation and an upgrade write what they want to; the deployment's own settings win over it.
$changing = static function (array $config) use ($run, $place): void {
    if (!is_dir("$run/changing")) {
        mkdir("$run/changing", 0700);
    }
    file_put_contents("$run/changing/config.php", '<?php $CONFIG = ' . var_export($config, true) . ';');
    copy("$run/config/config.php", "$run/changing/hub.config.php");
};

[$host, $port] = explode(':', (string)getenv('HUB_DATABASE'));
$parts = ['host' => $host, 'port' => $port, 'dbname' => $hub['dbname'], 'sslmode' => $hub['pgsql_ssl']['mode'], 'sslrootcert' => $hub['pgsql_ssl']['rootcert']];
$target = implode(';', array_map(static fn (string $key, string $value): string => "$key=$value", array_keys($parts), $parts));
$database = new PDO("pgsql:$target", $hub['dbuser'], $secret('database'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$one = static function (string $query) use ($database): ?string {
    $found = $database->query($query)->fetchColumn();
    return $found === false || $found === null ? null : (string)$found;
};
$before = $one("select to_regclass('oc_appconfig')") === null
    ? null
    : $one("select configvalue from oc_appconfig where appid = 'hub' and configkey = 'version'");

if ($before === null) {
    if ($one("select count(*) from pg_tables where schemaname = 'public'") !== '0') {
        throw new RuntimeException('expected an empty database or one of this service, got the rest of an installation that failed; empty it and run again');
    }
    $changing([]);
    $occ([
        'maintenance:install', '--no-interaction', '--database=pgsql', "--database-host=$host", "--database-port=$port",
        "--database-name={$hub['dbname']}", "--database-user={$hub['dbuser']}", "--database-pass={$secret('database')}",
        '--disable-admin-user', "--data-dir={$hub['datadirectory']}",
    ], true);
} elseif ($before !== $version) {
    $changing(['installed' => true, 'version' => $before]);
    $occ(['upgrade', '--no-interaction'], true);
}
$occ(['config:app:set', 'hub', 'version', "--value=$version"]);

// Apps that the plan wants and the image has not are an image's fault: say so before anything depends on them.
$listed = json_decode($occ(['app:list', '--output=json']), true, 16, JSON_THROW_ON_ERROR);
$known = [...array_keys($listed['enabled']), ...array_keys($listed['disabled'])];
$missing = array_diff($wishes['enabled'], $known);
if ($missing !== []) {
    throw new RuntimeException('expected these apps in the image, got an image without them: ' . implode(', ', $missing) . '; build it with them below /usr/src/nextcloud/apps');
}
foreach (array_diff($wishes['enabled'], array_keys($listed['enabled'])) as $app) {
    $occ(['app:enable', $app]);
}
foreach (array_intersect($wishes['disabled'], array_keys($listed['enabled'])) as $app) {
    $occ(['app:disable', $app]);
}
foreach ($wishes['values'] as $wish) {
    $value = isset($wish['template'])
        ? strtr($wish['template'], array_combine(
            array_map(static fn (string $name): string => "\$($name)", $wish['secrets']),
            array_map($secret, $wish['secrets']),
        ))
        : (isset($wish['secret']) ? $secret($wish['secret']) : $wish['value']);
    $occ(['config:app:set', $wish['app'], $wish['key'], "--value=$value"]);
}
foreach ($wishes['certificates'] as $name) {
    $occ(['security:certificates:import', "{$place('HUB_TRUST', '/trust')}/$name"]);
}

// Asked one by one: occ's list of people ends after 500. (uid_lower: core/Migrations/Version14000Date20180404140050.php of nextcloud/server 0bfd621.)
foreach ($wishes['accounts'] as $account) {
    $password = ['OC_PASS' => $secret($account['secret'])];
    $has = $one('select count(*) from oc_users where uid_lower = ' . $database->quote(strtolower($account['name'])));
    if ($has === '0') {
        $groups = array_map(static fn (string $group): string => "--group=$group", $account['groups']);
        $occ(['user:add', '--password-from-env', ...$groups, '--no-interaction', $account['name']], false, $password);
    } else {
        $occ(['user:resetpassword', '--password-from-env', '--no-interaction', $account['name']], false, $password);
    }
}

if (isset($wishes['login'])) {
    $login = $wishes['login'];
    $occ(['user_oidc:provider', ...$login['options'], "--clientsecret-file=$secrets/{$login['secret']}", $login['identifier']]);
}

if (isset($wishes['talk'])) {
    $talk = $wishes['talk'];
    // The own server first: Talk puts its makers' in the place of the last one that goes.
    $stun = json_decode($occ(['talk:stun:list', '--output=json']), true, 16, JSON_THROW_ON_ERROR);
    foreach (array_diff($talk['stun'], $stun) as $server) {
        $occ(['talk:stun:add', $server]);
    }
    foreach (array_diff($stun, $talk['stun']) as $server) {
        $occ(['talk:stun:delete', $server]);
    }
    foreach (json_decode($occ(['talk:turn:list', '--output=json']), true, 16, JSON_THROW_ON_ERROR) as $server) {
        $occ(['talk:turn:delete', $server['schemes'], $server['server'], $server['protocols']]);
    }
    foreach ($talk['turn'] as $server) {
        $occ(['talk:turn:add', 'turns', $server, 'tcp', "--secret={$secret($talk['turnSecret'])}"]);
    }
    foreach (json_decode($occ(['talk:signaling:list', '--output=json']), true, 16, JSON_THROW_ON_ERROR)['servers'] ?? [] as $server) {
        $occ(['talk:signaling:delete', $server['server']]);
    }
    $occ(['talk:signaling:add', '--verify', $talk['signaling'], $secret($talk['signalingSecret'])]);
}
$occ(['background:cron']);
$say("kept at $version");
