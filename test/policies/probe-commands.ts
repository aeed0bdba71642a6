/** A line for each row of the lines that choose a service. */
export const lineExamples: readonly string[] = [
  ...["awskms", "azurekeyvault", "gcpckms", "ocikms"].map((word) => `seal "${word}" {`),
  ...["dynamodb", "gcs", "azure"].map((word) => `storage "${word}" {`),
  ...["cloudwatch", "cloudwatch_logs", "kinesis_firehose", "kinesis_streams", "datadog", "stackdriver", "bigquery"].map(
    (word) => `Name ${word}`,
  ),
  ...["azure", "azure_blob", "azure_kusto", "azure_logs_ingestion", "nrlogs", "logdna", "slack", "s3"].map(
    (word) => `name ${word}`,
  ),
  ...["cloudwatch_logs", "google_cloud", "datadog", "s3"].map((word) => `@type ${word}`),
  ...["gcs", "azure"].map((word) => `repo1-type=${word}`),
  ...["google", "github", "azuread"].map((word) => `[auth.${word}]`),
  ...["cloudflare", "route53", "googleclouddns", "azure"].flatMap((word) => [`dns ${word} {`, `acme_dns ${word} {`]),
  ...["aws", "awscc", "google", "google-beta", "azurerm", "azuread", "azapi", "cloudflare", "digitalocean"].map(
    (word) => `provider "${word}" {`,
  ),
  ...["aws_instance", "google_project", "azurerm_subnet"].map((word) => `resource "${word}" "a" {`),
  "add-apt-repository ppa:a/b",
  "nixos-rebuild switch --flake github:a/b",
  "ssh_import_id: [gh:a]",
  "ssh_import_id: [lp:a]",
  ...["ppa:a/b", "xppa:a/b", "gh:a", "xgh:a", "lp:a", "xlp:a"],
  // Words that stand behind or before others are not those of a row.
  ...["awskms", "azurekeyvault", "gcpckms", "ocikms"].map((word) => `x seal "${word}" {`),
  ...["dynamodb", "gcs", "azure"].map((word) => `x storage "${word}" {`),
  ..."cloudwatch kinesis_streams datadog stackdriver bigquery azure nrlogs logdna slack s3"
    .split(" ")
    .flatMap((word) => [`x name ${word}`, `name ${word} a`, `NAME ${word}`]),
  ...["cloudwatch_logs", "google_cloud", "datadog", "s3"].flatMap((word) => [`x @type ${word}`, `@type ${word}x`]),
  ...["gcs", "azure"].flatMap((word) => [`x repo1-type=${word}`, `repo1-type=${word}x`]),
  ...["google", "github", "azuread"].map((word) => `x [auth.${word}]`),
  ...["cloudflare", "route53", "googleclouddns", "azure"].flatMap((word) => [`x dns ${word} {`, `dns ${word}x {`]),
  ...["aws", "google", "azurerm", "cloudflare", "digitalocean"].map((word) => `x provider "${word}" {`),
  ...["aws_instance", "google_project", "azurerm_subnet"].map((word) => `x resource "${word}" "a" {`),
];

/** Commands that end with the word that counts, and those in which a longer word begins with it. */
const nearly: readonly string[] = [
  ..."npm pnpm yarn poetry bundle composer conda".split(" ").map((name) => `${name} install`),
  ...["uv sync", "mvn package", "gradle build", "gradlew build", "ansible-galaxy collection install"],
  ...["terraform init", "multipass launch", "flatpak install flathub", "netbird up", "twingate setup", "kubeadm init"],
].flatMap((command) => [command, `${command}x a`]);

/** Commands in which another word only begins or ends like the one that counts. */
const besides: readonly string[] = [
  ...["kubectl krew install", "huggingface-cli download", "hf download", "flux bootstrap github", "tailscale up"],
  ...["bore local 80 --to bore.pub", "acme.sh --issue", "certbot certonly", "snap install", "pro attach", "ua attach"],
  ...["dns_cf", "dns_aws", "dns_gcloud", "dns_azure"].flatMap((word) => [
    `acme.sh --dns ${word}`,
    `acme.sh --dns x${word}`,
  ]),
  ...["route53", "cloudflare", "google", "digitalocean"].map((word) => `certbot certonly --server a --dns-${word}`),
  ...["lego a run", "lego a prun"],
]
  .flatMap((command) => [`${command}x a`, `${command} a`])
  .concat(
    ["bq query", "az login", "oci os", "b2 sync", "ngrok http", "doppler run", "gh pr"].flatMap((command) => [
      `${command}x a`,
      `${command.split(" ")[0] ?? ""} x${command} a`,
    ]),
  );

/** Commands of programs that ask one of two registries, up to the names of packages. */
const ofNpm: readonly string[] = ["npx", "pnpx", "bunx", "pnpm add", "bun add", "yarn add"];
const ofPip: readonly string[] = [
  ...["pip3 install", "pipx install", "python -m pip install", "python3 -m pip install", "uv add", "uvx", "poetry add"],
];

/** Commands with each word that leads a program elsewhere, and with longer words that do not. */
const led: readonly string[] = [
  ...["npx --offline a", "npm install --offlinex a"],
  ...ofNpm.map((command) => `${command} --registry=a b`),
  ...ofPip.map((command) => `${command} --index-url a b`),
  ...[
    "--index-url a",
    "--default-index=a",
    "--index a",
    "--offline",
    "--offlinex",
    "--no-indexx",
    "--extra-index-url a",
  ].map((option) => `pip install ${option} b`),
  ...["--source a", "-s a", "-l", "--localx", "-la"].map((option) => `gem install ${option} b`),
  "bundle install --localx",
  ...["--offline", "--offlinex", "-ox"].map((option) => `mvn package ${option}`),
  ...["gradle build --offlinex", "./gradlew build --offline", "./gradlew build --offlinex"],
  ...["--git a", "--registry a", "--index a", "--offline", "--offlinex"].map((option) => `cargo install ${option} b`),
  ...["--server a b", "-s a b", "--offlinex b", "./b.tar.gz", "/b.tar.gz"].map(
    (words) => `ansible-galaxy collection install ${words}`,
  ),
  ...["--override-channels", "--override-channelsx", "--offlinex"].map((option) => `conda install ${option} a`),
  "gh auth --hostname a",
];

/** Commands for the words that stand in no other one. */
const further: readonly string[] = [
  ...["i", "ci", "upgrade", "x"].map((word) => `pnpm ${word} a`),
  ...["global add", "create"].map((word) => `yarn ${word} a`),
  ...["pip wheel a", "pipx inject a b", "pip install /a", "pip install ./a b"],
  ...["bun run a", "go run -mod=vendor example.org/a", "singularity exec a b", "apptainer exec a b"],
  "ssh-import-id gh:a",
  ...["pip install --version", "pip install --help", "pip install --helper a"],
  ...["python3 -m pip install /a", "python3 -m pip install ./a b"],
  ...["uv tool run a", "poetry update a", "go run example.org/a", "kubectl krew update a", "kubectl krew upgrade a"],
];

/** A command behind a line that sets where its program asks, or does not. */
export const commandsThatAreSet: readonly string[] = (
  [
    ["npm install a", "npm_config_registry=a", "NPM_CONFIG_REGISTRY=a", "registry = a", "npm config set registry a"],
    ["npm install a", "npmRegistryServer: a", "myregistry = a"],
    ["pnpm add a", "pnpm config set registry a"],
    ...ofNpm.map((command) => [`${command} a`, "npm_config_registry=a"] as const),
    ...ofPip.map((command) => [`${command} a`, "PIP_INDEX_URL=a"] as const),
    ["pip install a", "PIP_INDEX_URL=a", "UV_DEFAULT_INDEX=a", "UV_INDEX=a", "PIP_INDEXES=a", "PIP_NO_INDEX=1"],
    ["pip install a", "index-url = a", "pip config set global.index-url a", "extra-index-url = a", "index-urls = a"],
    ["gem install a", "gem sources --add a", "RubyGems.own: a"],
    ["bundle install", "BUNDLE_MIRROR__ALL=a"],
    ["mvn package", "<mirror>", "cp a/settings.xml b"],
    ["gradle build", "repositories {"],
    ["gradlew build", "repositories {"],
    ["nix build nixpkgs#a", "substituters = a", "alias nix='nix --offline'"],
    ["cargo install a", "CARGO_SOURCE=a", 'replace-with = "a"'],
    ["go install example.org/a@latest", "GOPROXY=a", "NOGOPROXY=a", "GOPROXYS=a"],
    ["composer install", '"packagist.org": false', "packagist: false"],
    ["ansible-galaxy collection install a", "ANSIBLE_GALAXY_SERVER=a"],
    ["conda install a", "default_channels: a", "CONDA_CHANNELS=a"],
    ["terraform init -input=false", "provider_installation {", "network_mirror {", "TF_CLI_CONFIG_FILE=a"],
    ["huggingface-cli download a", "HF_ENDPOINT=a", "HF_HUB_OFFLINE=1"],
    ["hf download a", "HF_ENDPOINT=a", "HF_HUB_OFFLINE=1"],
  ] as const
).flatMap(([command, ...lines]) => lines.map((line) => `${line} ¶ ${command}`));

/** A command for each row of a program that counts in some commands only, and commands that lead programs elsewhere. */
export const commands: readonly string[] = [
  ...nearly,
  ...besides,
  ...led,
  ...further,
  "tailscale up --ssh",
  "tailscale login a",
  "tailscale status a",
  "acme.sh --issue -d a",
  "acme.sh --register-account -m a",
  ...["dns_cf", "dns_aws", "dns_gcloud", "dns_azure"].map((word) => `acme.sh --server a --issue --dns ${word}`),
  ...["certonly", "run", "register", "--standalone", "--webroot", "--nginx"].map((word) => `certbot ${word} -d a`),
  ...["route53", "cloudflare", "google", "digitalocean"].map((word) => `certbot certonly --server a --dns-${word}`),
  "lego --email a run",
  "snap install a",
  "snap refresh a",
  "snap list a",
  "ssh-import-id lp:a",
  "pro attach a",
  "ua attach a",
  "pro status a",
  ...["b2", "gcs", "google cloud storage", "drive", "azureblob", "onedrive", "dropbox"].map(
    (word) => `rclone copy a :${word}:b`,
  ),
  "duplicity a b2://c",
  "duplicity a s3://c",
  "duplicity a boto3+s3://c",
  "duplicity --s3-endpoint-url a b s3://c",
  ..."s3 s3api eks ecr ecr-public sts ssm secretsmanager configure ec2 iam kms lambda sns sqs rds route53 logs cloudformation sso dynamodb bedrock-runtime transcribe --region"
    .split(" ")
    .map((word) => `aws ${word} a`),
  "aws region a",
  ...["query", "load", "ls", "mk", "extract", "show", "cp", "said"].map((word) => `bq ${word} a`),
  ..."login account acr aks storage keyvault group vm network webapp ad identity monitor role sql deployment rest said"
    .split(" ")
    .map((word) => `az ${word} a`),
  ..."os compute setup iam network db ce vault secrets session image".split(" ").map((word) => `oci ${word} a`),
  ..."file bucket account sync key authorize-account authorize_account upload-file upload_file download-file size"
    .split(" ")
    .map((word) => `b2 ${word} a`),
  ...["http", "tcp", "tls", "start", "config", "authtoken", "said"].map((word) => `ngrok ${word} a`),
  ...["run", "secrets", "setup", "login", "configure", "effect"].map((word) => `doppler ${word} a`),
  ..."auth pr release repo api run workflow issue secret gist said".split(" ").map((word) => `gh ${word} a`),
  "aws --endpoint-url a s3 ls",
  "aws --endpoint=a s3 ls",
  "AWS_ENDPOINT_URL=a aws s3 ls",
  "gh --hostname a auth",
  "GH_HOST=a gh pr",
  "tailscale up --login-server a",
  "sentry-cli --url a info",
  "SENTRY_URL=a sentry-cli info",
  "acme.sh --issue --server a",
  "certbot certonly --server a",
  "lego --server a run",
  ...["install", "i", "ci", "add", "update", "exec", "create", "init"].map((word) => `npm ${word} a`),
  ...["install", "add", "dlx", "create", "exec", "update"].flatMap((word) => [`pnpm ${word} a`, `bun ${word} a`]),
  ...["install", "add", "dlx", "up", "run"].map((word) => `yarn ${word} a`),
  "npm install --registry https://npm.crisis.example.ch a",
  "npm install --offline a",
  "npx --registry=https://npm.crisis.example.ch a",
  ...["pip", "pip3", "pipx"].flatMap((name) =>
    ["install", "download", "run", "list"].map((word) => `${name} ${word} a`),
  ),
  "python -m pip install a",
  "python3 -m pip install -r a.txt",
  "python3 -m pip install .",
  "pip install ./a",
  "pip install -i https://pypi.crisis.example.ch/simple a",
  "pip install --no-index a",
  "uv pip install a",
  "uv sync --frozen",
  "uv add a",
  "uv tool install a",
  "uv venv a",
  "poetry install --no-root",
  "poetry add a",
  "gem install a",
  "gem install --local a",
  "gem list a",
  "cargo install a",
  "cargo install --path a",
  "cargo build a",
  "go install example.org/a@latest",
  "go get -u example.org/a",
  "go run ./a",
  "go build -mod=vendor example.org/a",
  ...["install", "require", "update", "create-project", "global", "validate"].map((word) => `composer ${word} a`),
  "ansible-galaxy collection install a",
  "ansible-galaxy collection install --offline a",
  "ansible-galaxy list a",
  ...["install", "create", "update", "list"].map((word) => `conda ${word} a`),
  "conda install --offline a",
  "terraform init -input=false",
  "terraform init -plugin-dir=a",
  "terraform plan -out=a",
  "kubectl krew install a",
  "kubectl get a",
  "ollama pull a",
  "ollama run a",
  "ollama run a.crisis.example.ch/b/c",
  "ollama serve a",
  ...["download", "login", "repo-files", "scan-cache"].map((word) => `huggingface-cli ${word} a`),
  ...["download", "auth", "repo-files", "cache"].map((word) => `hf ${word} a`),
  "kubeadm init --pod-network-cidr a",
  "kubeadm config images pull",
  "kubeadm init --image-repository registry.crisis.example.ch",
  "kubeadm init --config a.yaml",
  "kubeadm join a",
  ...["images", "ubuntu", "ubuntu-daily", "ubuntu-minimal", "own"].map((word) => `lxc launch ${word}:a b`),
  ...["images", "own"].map((word) => `incus launch ${word}:a b`),
  ...["launch", "find", "list"].map((word) => `multipass ${word} a`),
  "vagrant box add a/b",
  "vagrant box update a",
  "vagrant box list a",
  "flatpak install -y flathub org.example.A",
  "flatpak list -a",
  "singularity pull library://a/b",
  "apptainer pull library://a/b",
  "flux bootstrap github --owner a",
  "flux bootstrap github --hostname git.crisis.example.ch",
  "bore local 80 --to bore.pub",
  "bore local 80 --to bore.crisis.example.ch",
  ...["install", "update", "add", "exec"].map((word) => `bundle ${word} a`),
  "bundle install --local",
  ...["package", "install", "verify", "deploy", "compile", "test", "dependency:get", "clean"].map(
    (word) => `mvn ${word} a`,
  ),
  "mvn package -o",
  ...["build", "assemble", "test", "check", "tasks"].flatMap((word) => [`gradle ${word} a`, `./gradlew ${word} a`]),
  "gradle build --offline",
  "nix profile install nixpkgs#a",
  "nix build .#a",
  "zerotier-cli join a",
  "zerotier-cli status a",
  "netbird up --setup-key a",
  "netbird up --management-url https://nb.crisis.example.ch",
  "netbird status a",
  "twingate setup a",
  "twingate start a",
  "twingate status a",
];

/** A line of a program for each client of a public service, and some that lead it elsewhere. */
export const clientLines: readonly string[] = [
  "client = OpenAI()",
  "client = AsyncOpenAI(api_key=key)",
  "client = OpenAI(base_url=own)",
  "client = AzureOpenAI()",
  "client = OpenAI::Client.new(access_token: key)",
  'client := openai.NewClient("a")',
  "import { openai } from '@ai-sdk/openai';",
  "client = Anthropic()",
  "client = AsyncAnthropic(base_url=own)",
  'b = boto3.client("bedrock-runtime")',
  "t = boto3.client('transcribe')",
  "t = boto3.client('transcribe', endpoint_url=own)",
  "c = speech.SpeechClient()",
  "c = speech.SpeechClient(client_options=ClientOptions(api_endpoint=own))",
  "c = SpeechConfig(subscription=key)",
  "customService=org.jitsi.jigasi.transcription.GoogleCloudTranscriptionService",
  "stt = deepgram.STT()",
  "stt = 'deepgram/nova-3'",
  "llm = openai.LLM()",
  "llm = openai.realtime.RealtimeModel()",
  "llm = 'openai/gpt-4.1'",
  "llm = openai.LLM(base_url=own)",
  "tts = cartesia.TTS()",
  "tts = 'cartesia/sonic-2'",
  "tts = elevenlabs.TTS()",
  "tts = 'elevenlabs/flash'",
  "tts = piper.TTS()",
  ..."api_base azure_endpoint baseURL apiBase API_BASE endpoint_url"
    .split(" ")
    .map((key) => `client = OpenAI(${key}=own)`),
  "client := openai.NewClient(base_url)",
  "b = boto3.client('bedrock', endpoint_url=own)",
  ...["deepgram.STT", "cartesia.TTS", "elevenlabs.TTS"].map((name) => `a = ${name}(base_url=own)`),
  ...["STT", "TTS"].map((name) => `a = openai.${name}()`),
  ...["stt", "tts", "xtts"].map((name) => `${name} = 'openai/own'`),
  // Names that only end like those of a client.
  ...[
    "xopenai.NewClient(",
    "xAzureOpenAI(",
    "xAnthropic(",
    "xclient('bedrock",
    "xclient('transcribe",
    "xSpeechClient(",
  ].map((call) => `c = ${call}')`),
  ...["xSpeechConfig(subscription=key", "xdeepgram.STT(", "xopenai.STT(", "xcartesia.TTS(", "xelevenlabs.TTS("].map(
    (call) => `c = ${call})`,
  ),
];

/** A line for each part of the settings that let media travel in clear, and some that only look like them. */
export const mediaLines: readonly string[] = [
  ...["transport=udp", "transport=tcp", "transport=UDP", "transport=udpx"].map(
    (word) => `a = sip:carrier.example.org;${word}`,
  ),
  ...["5060", "50600"].map((port) => `a = sip:carrier.example.org:${port}`),
  ...["rtp_secure_media=optional", "xrtp_secure_media=optional", "RTP_SECURE_MEDIA=optional"],
  ...["rtp_secure_media=mandatoryx", '<param name="rtp_secure_media" value="optional"/>'],
  ...[
    "no-tls",
    "a no-tls b",
    "xno-tls",
    "no-tlsx",
    "--no-dtls",
    "no-tls=true",
    "no-tls = yes",
    "no-tls=yes",
    "no-dtls=1",
    "no-tls=no",
  ],
  ...['["no-tls"]', "pcap { enabled = true }", "pcap.enabled = true", "xpcap { enabled = true }"],
  ...["pcap { xenabled = true }", "xpcap.enabled = true"],
  ...["fsBridgeMode: RTP", "xfsBridgeMode: RTP", "fsBridgeMode: RTPX"],
  ...["listen = udp:a", "socket = tcp:a", "x listen = udp:a", "LISTEN = udp:a"],
  ...["media_encryption = no", "x media_encryption = no", "media_encryption = none", "MEDIA_ENCRYPTION = no"],
  ...[
    "bind = 10.0.0.1:5060",
    "bind = 10.0.0.1:50600",
    "transport = udp",
    "transport = transport-tcp",
    "transport = udpx",
  ],
  ...["encryption = no", "encryption = none", "x transport = udp", "TRANSPORT = udp"],
  ...["sip_port: 5060", "sip_port_listen: 5060", "x sip_port: 5060", "sip_port: 50600"],
];

/** Hosts that only begin or end like those of a public service, whoever they belong to. */
export const lookalikes: readonly string[] = [
  ..."eu-1-aiplatform.googleapis.com bedrock.eu-1.amazonaws.com transcribe.eu-1.amazonaws.com bedrock.eu-1.api.aws"
    .split(" ")
    .map((host) => `${host}.example.org`),
  ..."translate.eu-1.amazonaws.com translate.eu-1.amazonaws.eu".split(" ").map((host) => `${host}.example.org`),
  ...["amazonaws.com", "amazonaws.eu"].flatMap((domain) => [
    `1.dkr.ecr.eu-1.${domain}.example.org`,
    `a1.dkr.ecr.eu-1.${domain}`,
  ]),
  // With `www.` before it an identifier is one, too; within it, it is not.
  ...["www.w3.org", "w3.www.org"],
];

/** Domains that are longer than one under which anybody can have a name. */
export const longerDomains: readonly string[] = [
  "go.crisis.example.ch",
  "eu.community.example.ch",
  "pages.develop.example.ch",
];

/** A name of a model for each alternative of the patterns, and some that only look like one. */
export const modelNames: readonly string[] = [
  ..."gpt-4o chatgpt-4o-latest o1 o3-mini o4-mini o5 o1x dall-e-3 whisper-1 whisper-1x tts-1-hd".split(" "),
  ..."text-embedding-3-small text-embedding-ada-002 text-embedding-own my-gpt-4o".split(" "),
  ..."claude-sonnet-4 own-claude-sonnet gemini-2.5-pro own-gemini-2".split(" "),
  ..."command-r-plus command-a command-light command-x own-command-r grok-4 own-grok-4 sonar-pro own-sonar".split(" "),
];

/** Names of variables with each end by which a key of a service is known, and with some that are none. */
export const variableEnds: readonly string[] = [
  ...["API", "ACCESS", "AUTH", "OAUTH", "SUBSCRIPTION", "SECRET"].flatMap((word) => [`${word}_KEY`, `${word}TOKEN`]),
  ..."KEY KEYS TOKEN TOKENS APIKEY APIKEYS CREDENTIALS TOKEN_ID API_KEY_FILE API_KEY_PATH API_KEY_2".split(" "),
  ..."REGION MODEL_ID DEPLOYMENT DEPLOYMENT_NAME DEPLOYMENT_ID API_VERSION PROJECT PROJECT_ID LOCATION".split(" "),
  ..."TOKEN_BEDROCK MONKEY API_KEYRING OTHER_REGION REGION_NAME API_KEY_NAME".split(" "),
].map((end) => `OPENAI_${end}`);

/** Variables and values by which a service or a model is chosen, and some by which none is. */
export const variablesThatChoose: readonly string[] = [
  ..."LLM AI GENAI STT TTS ASR VOICE WHISPER TRANSCRIPTION SPEECH EMBEDDING EMBEDDINGS RAG CHAT AGENT SUMMARY"
    .split(" ")
    .map((word) => `${word}_PROVIDER openai`),
  ...["TRANSLATION", "COMPLETION", "MODEL", "APP_LLM", "LLM_MAIN", "SKILLM", "BASE"].map(
    (word) => `${word}_PROVIDER openai`,
  ),
  ...["ENGINE", "BACKEND", "SERVICE", "VENDOR", "PROVIDERS", "NAME"].map((word) => `LLM_${word} openai`),
  ..."model MODEL MODELS MODEL_NAME MODEL_ID SUMMARY_MODEL SUPERMODEL MODEL_PATH"
    .split(" ")
    .map((word) => `${word} gpt-4o`),
];
