<?php
// The server's configuration: the deployment's plain settings, with secrets in the places that name one, and the version of the code that runs. Nothing is ever
// written into it: what people and the task change is in the database. Only while the task installs or upgrades is there a second file, in a folder of its own.
$CONFIG = (static function (): array {
    $place = static fn (string $name, string $otherwise): string => (string)(getenv($name) ?: $otherwise);
    $read = static function (string $file): string {
        $text = file_get_contents($file);
        if ($text === false || $text === '') {
            throw new \RuntimeException("no content in $file");
        }
        return $text;
    };
    $secrets = $place('HUB_SECRETS', '/secrets');
    $filled = static function (mixed $value) use (&$filled, $read, $secrets): mixed {
        if (!is_array($value)) {
            return $value;
        }
        return match (array_keys($value)) {
            ['$secret'] => rtrim($read("$secrets/{$value['$secret']}"), "\n"),
            ['$variable'] => getenv($value['$variable']) ?: throw new \RuntimeException("no {$value['$variable']}"),
            default => array_map($filled, $value),
        };
    };
    $settings = json_decode($read($place('HUB_SETTINGS', '/settings') . '/settings.json'), true, 64, JSON_THROW_ON_ERROR);
    $changing = getenv('HUB_CHANGES') === 'yes';
    if (!$changing) {
        require $place('HUB_CODE', '/usr/src/nextcloud') . '/version.php';
        $settings['installed'] = true;
        $settings['version'] = implode('.', $OC_Version);
    }
    $settings['config_is_read_only'] = !$changing;
    return $filled($settings);
})();
