import { Metadata, sendUnaryData, Server, ServerCredentials, ServerUnaryCall, status } from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as grpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Problem } from "./checks";
import type { Change } from "./diff";
import { PartiallyMade, ProviderError } from "./kind";
import type { PackageService } from "./service";
import { fromStruct, nullsOf, toStruct } from "./struct";
import type { Properties } from "./values";

type Handler<Request, Response> = (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void;

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves one simulated package to Pulumi engines that attach to it (`PULUMI_DEBUG_PROVIDERS=name:port`).
 *
 * The engine opens one connection for each provider resource, also of one package, so configurations are told apart by connection.
 *
 * @throws Error when no local port can be had.
 */
export async function serve(service: PackageService): Promise<Served> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(grpc.ResourceProviderService, methods(service));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        // A killed engine does not close its connection: the server does not wait for it.
        const forced = setTimeout(() => server.forceShutdown(), 500);
        server.tryShutdown(() => {
          clearTimeout(forced);
          resolve();
        });
      }),
  };
}

function methods(service: PackageService): grpc.IResourceProviderServer {
  const configurations = new Map<string, Properties>();
  const configuration = (call: { getPeer(): string }): Properties => configurations.get(call.getPeer()) ?? {};
  return {
    handshake: answer(() => new rpc.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptOutputs(true)),
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(service.version)),
    checkConfig: answer((call) => {
      const { request } = call;
      const problems = service.checkConfig(fromStruct(request.getNews()), request.getUrn());
      return checked(request.getNews(), problems);
    }),
    diffConfig: answer((call) => {
      const { request } = call;
      const { changed, replaces } = service.diffConfig(
        fromStruct(request.getOldInputs()),
        fromStruct(request.getNews()),
      );
      const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
      return new rpc.DiffResponse()
        .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList([...changed])
        .setReplacesList([...replaces]);
    }),
    configure: answer((call) => {
      configurations.set(call.getPeer(), fromStruct(call.request.getArgs()));
      return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptoutputs(true);
    }),
    check: answer((call) => {
      const { request } = call;
      const seed = request.getRandomseed_asU8();
      const { inputs, problems } = service.check(
        about(request),
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        seed,
        configuration(call),
        nullsOf(request.getNews()),
      );
      return checked(toStruct(inputs), problems);
    }),
    diff: answer((call) => {
      const { request } = call;
      const { changes, replaces, deleteBeforeReplace } = service.diff(
        about(request),
        fromStruct(request.getOldInputs()),
        fromStruct(request.getNews()),
        configuration(call),
        fromStruct(request.getOlds()),
      );
      const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
      const response = new rpc.DiffResponse()
        .setChanges(changes.size === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList([...new Set([...changes.keys()].map(topLevel))])
        .setReplacesList([...new Set(replaces.map(topLevel))])
        .setDeletebeforereplace(deleteBeforeReplace)
        .setHasdetaileddiff(true);
      for (const [path, change] of changes) response.getDetaileddiffMap().set(path, detail(change));
      return response;
    }),
    create: answer(async (call) => {
      const { request } = call;
      const { id, properties } = await service.create(
        about(request),
        fromStruct(request.getProperties()),
        request.getPreview(),
        configuration(call),
      );
      return new rpc.CreateResponse().setId(id).setProperties(toStruct(properties));
    }),
    read: answer(async (call) => {
      const { request } = call;
      const { id, properties, inputs } = await service.read(
        about(request),
        request.getId(),
        fromStruct(request.getProperties()),
        fromStruct(request.getInputs()),
        configuration(call),
      );
      return new rpc.ReadResponse().setId(id).setProperties(toStruct(properties)).setInputs(toStruct(inputs));
    }),
    update: answer(async (call) => {
      const { request } = call;
      const properties = await service.update(
        about(request),
        request.getId(),
        { state: fromStruct(request.getOlds()), inputs: fromStruct(request.getOldInputs()) },
        fromStruct(request.getNews()),
        request.getPreview(),
        configuration(call),
      );
      return new rpc.UpdateResponse().setProperties(toStruct(properties));
    }),
    delete: answer(async (call) => {
      const { request } = call;
      await service.remove(about(request), request.getId(), fromStruct(request.getProperties()), configuration(call));
      return new Empty();
    }),
    invoke: refused("functions"),
    call: refused("methods"),
    construct: refused("components"),
    parameterize: refused("parameters"),
    getSchema: refused("a schema"),
    getMapping: refused("mappings"),
    getMappings: refused("mappings"),
    list: (call) => call.destroy(new Error("the simulated provider has no listings")),
  };
}

/** A handler that answers with what `respond` returns, or with its error in the form that the engine reads. */
function answer<Request, Response>(
  respond: (call: ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): Handler<Request, Response> {
  return (call, callback) => {
    // Inside a promise, so that a thrown error and a rejection are handled alike.
    void Promise.resolve()
      .then(() => respond(call))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(failure(error)),
      );
  };
}

function refused<Request, Response>(what: string): Handler<Request, Response> {
  return (_call, callback) =>
    callback({ code: status.UNIMPLEMENTED, details: `the simulated provider has no ${what}` });
}

function failure(error: unknown): { readonly code: status; readonly details: string; readonly metadata: Metadata } {
  const known = error instanceof ProviderError || error instanceof RangeError;
  const message = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  const metadata = new Metadata();
  if (error instanceof PartiallyMade) {
    const detail = new rpc.ErrorResourceInitFailed()
      .setId(error.id)
      .setProperties(toStruct(error.properties))
      .setInputs(toStruct(error.inputs))
      .setReasonsList([message]);
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const body = new Status().setCode(status.UNKNOWN).setMessage(message);
    body.addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(body.serializeBinary()));
  }
  return { code: status.UNKNOWN, details: message, metadata };
}

const about = (request: { getUrn(): string; getType(): string }): { readonly urn: string; readonly type: string } => ({
  urn: request.getUrn(),
  type: request.getType(),
});

function checked(inputs: ReturnType<typeof toStruct> | undefined, problems: readonly Problem[]): rpc.CheckResponse {
  const failures = problems.map(({ property, reason }) =>
    new rpc.CheckFailure().setProperty(property).setReason(reason),
  );
  return new rpc.CheckResponse().setInputs(inputs).setFailuresList(failures);
}

function detail({ kind, replace }: Change): rpc.PropertyDiff {
  const kinds = rpc.PropertyDiff.Kind;
  const table = {
    add: replace ? kinds.ADD_REPLACE : kinds.ADD,
    delete: replace ? kinds.DELETE_REPLACE : kinds.DELETE,
    update: replace ? kinds.UPDATE_REPLACE : kinds.UPDATE,
  };
  return new rpc.PropertyDiff().setKind(table[kind]).setInputdiff(true);
}

const topLevel = (path: string): string => path.split(/[.[]/)[0] ?? path;
