#!/usr/bin/env node
/**
 * The part of a mail server that the task which tells its settings needs: things by kind and id, queried and set through JMAP. It knows no kind and judges no value; what
 * upstream makes of them, only upstream can say.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const { STAND_IN_STATE: file, STAND_IN_REFUSES: refused, STALWART_RECOVERY_ADMIN: administrator } = process.env;
if (process.argv[2] !== "--config" || !existsSync(process.argv[3])) process.exit(9);
const recovery = process.env.STALWART_RECOVERY_MODE === "1";
const port = Number(recovery ? process.env.STALWART_RECOVERY_MODE_PORT : process.env.STAND_IN_OWN_PORT);

const state = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { next: 1, things: {}, starts: 0 };
if (!recovery) {
  state.starts += 1;
  state.things["x:Role"] = { [`t${state.next++}`]: {} };
  writeFileSync(file, JSON.stringify(state));
}
const marked = (value) => /@(id|secret):/.test(JSON.stringify(value));

function called(method, args, answers) {
  const [kind, verb] = method.split("/");
  if (kind === refused && verb === "set") return { notUpdated: { singleton: { type: "invalidProperties" } } };
  const things = (state.things[kind] ??= {});
  if (verb === "query") {
    const fits = (thing) => Object.entries(args.filter ?? {}).every(([key, value]) => thing[key] === value);
    return { ids: Object.keys(things).filter((id) => id !== "singleton" && fits(things[id])) };
  }
  const answer = {};
  const destroyed = args["#destroy"] === undefined ? [] : answers[args["#destroy"].resultOf].ids;
  for (const id of destroyed) delete things[id];
  for (const [as, thing] of Object.entries(args.create ?? {})) {
    if (marked(thing)) (answer.notCreated ??= {})[as] = thing;
    else things[`t${state.next++}`] = thing;
  }
  for (const [id, change] of Object.entries(args.update ?? {})) {
    if (marked([id, change]) || (id !== "singleton" && things[id] === undefined))
      (answer.notUpdated ??= {})[id] = change;
    else things[id] = { ...things[id], ...change };
  }
  return answer;
}

createServer((request, response) => {
  if (request.url === (recovery ? "/healthz/live" : "/healthz/ready")) return response.end("{}");
  if (request.headers.authorization !== `Basic ${Buffer.from(administrator).toString("base64")}`)
    return response.writeHead(401).end();
  let body = "";
  request.on("data", (part) => (body += part));
  return request.on("end", () => {
    const answers = {};
    const responses = JSON.parse(body).methodCalls.map(([method, args, id]) => [
      method,
      (answers[id] = called(method, args, answers)),
      id,
    ]);
    writeFileSync(file, JSON.stringify(state));
    response.end(JSON.stringify({ methodResponses: responses }));
  });
}).listen(port, "127.0.0.1");
