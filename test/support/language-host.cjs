#!/usr/bin/env node
// A language host for Node, as small as the engine allows: starts Pulumi's own runner for the program. It stands in where the CLI was built from its
// Go module, which comes without one, so that the ordinary `pulumi preview` can be tested.
const { spawn } = require("node:child_process");
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const language = require("@pulumi/pulumi/proto/language_pb");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const analyzer = require("@pulumi/pulumi/proto/analyzer_pb");
const { AnalyzerClient, AnalyzerService } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const plugin = require("@pulumi/pulumi/proto/plugin_pb");

const engine = process.argv
  .slice(2)
  .filter((word) => !word.startsWith("-"))
  .at(-1);
const none = (Message) => (_, done) => done(null, new Message());

function run({ request }, done) {
  const info = request.getInfo();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const args = [
    require.resolve("@pulumi/pulumi/cmd/run"),
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engine}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--pwd=${info?.getProgramDirectory() || request.getPwd()}`,
    `--root-directory=${info?.getRootDirectory() ?? ""}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || request.getProgram() || ".",
  ];
  const config = Object.fromEntries(request.getConfigMap().toArray());
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: "true",
      ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
  });
  child.on("close", (code) => {
    const response = new language.RunResponse();
    // 32: the runner has already said what was wrong.
    if (code === 32) response.setBail(true);
    else if (code !== 0) response.setError(`the program ended with ${code}`);
    done(null, response);
  });
}

/**
 * Starts a policy pack with Pulumi's own runner. The pack's environment holds the stack's configuration, which the engine tells only once the pack answers:
 * so an analyzer of our own answers first, and passes everything on to the pack that it starts then.
 */
function runPlugin(call) {
  const { request } = call;
  const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const environment = Object.fromEntries(
    request.getEnvList().map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]),
  );
  const say = (set) => (data) => {
    const response = new language.RunPluginResponse();
    response[set](data);
    call.write(response);
  };
  let child;
  let pack;
  const configureStack = (given, done) => {
    const { request: stack } = given;
    child = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/run-policy-pack"), engine, directory], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...environment,
        PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
        PULUMI_NODEJS_PROJECT: stack.getProject(),
        PULUMI_NODEJS_STACK: stack.getStack(),
        PULUMI_NODEJS_DRY_RUN: `${stack.getDryRun()}`,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(stack.getConfigMap().toArray())),
      },
    });
    child.stderr.on("data", say("setStderr"));
    child.stdout.once("data", (data) => {
      pack = new AnalyzerClient(`127.0.0.1:${Number(data)}`, grpc.credentials.createInsecure());
      done(null, new analyzer.AnalyzerStackConfigureResponse());
    });
  };
  const passed = (name) => (given, done) =>
    pack === undefined
      ? done({ code: grpc.status.UNIMPLEMENTED, message: "not before the stack is known" })
      : pack[name](given.request, done);
  const own = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  own.addService(
    AnalyzerService,
    Object.fromEntries(
      Object.keys(AnalyzerService).map((name) => [name, name === "configureStack" ? configureStack : passed(name)]),
    ),
  );
  own.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    say("setStdout")(Buffer.from(`${port}\n`));
  });
  call.on("cancelled", () => {
    child?.kill();
    own.forceShutdown();
  });
}

const server = new grpc.Server();
const methods = {
  handshake: none(language.LanguageHandshakeResponse ?? Empty),
  getPluginInfo: (_, done) => {
    const info = new plugin.PluginInfo();
    info.setVersion("3.0.0");
    done(null, info);
  },
  getRequiredPlugins: none(language.GetRequiredPluginsResponse),
  getRequiredPackages: none(language.GetRequiredPackagesResponse),
  run,
  runPlugin,
  about: none(language.AboutResponse),
  cancel: none(Empty),
};
const unimplemented = (_, done) => done({ code: grpc.status.UNIMPLEMENTED, message: "not needed by tests" });
server.addService(
  LanguageRuntimeService,
  Object.fromEntries(Object.keys(LanguageRuntimeService).map((name) => [name, methods[name] ?? unimplemented])),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
