/** A mutant that changes nothing that anybody can see. */
export interface Equivalent {
  readonly file: string;
  /** Line of the source, without the blanks at its ends. */
  readonly code: string;
  /** Kind of the mutant. */
  readonly kind: string;
  /** Text that is replaced. @default any on the line */
  readonly from?: string;
  /** Text that stands there then. @default any */
  readonly to?: string;
  readonly reason: string;
}

/** Lines that only save time: what follows them finds nothing in what they leave out, so that asking always, or never, gives the same. */
const saving = (
  file: string,
  reason: string,
  ...rows: readonly (readonly [code: string, kind: string, to?: string])[]
): readonly Equivalent[] =>
  rows.map(([code, kind, to]) => ({
    file: `policies/extract/${file}.ts`,
    code,
    kind,
    ...(to === undefined ? {} : { to }),
    reason: `${reason}; asking first saves time`,
  }));

/** The same in a rule: a word that stands in everything that the patterns behind it take. */
const gates = (...rows: readonly (readonly [rule: string, code: string, kind: string, to?: string])[]) =>
  rows.map(([rule, code, kind, to]) => ({
    file: `policies/rules/${rule}.ts`,
    code,
    kind,
    ...(to === undefined ? {} : { to }),
    reason: "what follows finds nothing in a text that this leaves out; asking first saves time",
  }));

/** Mutants that no test can turn red on, each with the reason. A row that no survivor fits is reported: the mutant was killed after all, or the line is gone. */
export const equivalents: readonly Equivalent[] = [
  {
    file: "policies/rules/ai-001-no-public-ai-endpoint.ts",
    code: "...(row === undefined || reason === undefined",
    kind: "operand dropped",
    to: "reason === undefined",
    reason: "without a row there is no reason either; only the compiler asks for the first",
  },
  {
    file: "policies/rules/ai-001-no-public-ai-endpoint.ts",
    code: "if (!isObject(value)) return [];",
    kind: "condition → false",
    reason: "a value that is no object has no keys, so that nothing is found in it; the line saves time",
  },
  ...(
    [
      [
        "...read.documents.flatMap(({ path, value }) => (mayChoose(value) ? models(value, path, settings) : [])),",
        "condition → true",
      ],
      ["if (!anyLine.test(text)) return [];", "condition → false"],
      ["text.includes(word) &&", "operand dropped", "led?.test(text) !== true"],
      ["if (keys.size === 0 && led.size === 0) return [];", "condition → false"],
      [
        'const mayChoose = having((key) => key === "model" || serviceName.test(key) || named(key).clients.length > 0);',
        "comparison",
        "named(key).clients.length >= 0",
      ],
    ] as const
  ).map(([code, kind, to]) => ({
    file: "policies/rules/ai-001-no-public-ai-endpoint.ts",
    code,
    kind,
    ...(to === undefined ? {} : { to }),
    reason: "what follows finds nothing in what this leaves out; asking first saves time",
  })),
  {
    file: "policies/rules/gov-004-no-undetermined-at-apply.ts",
    code: ".sort(([one], [other]) => (one < other ? -1 : 1))",
    kind: "comparison",
    to: "one <= other",
    reason: "what is compared are keys of a map, of which no two are alike",
  },
  ...(
    [
      ["if (line.length <= longest) return [line];", "comparison", "line.length < longest"],
      ["if (plain.length <= longest) return [plain];", "comparison", "plain.length < longest"],
    ] as const
  ).map(([code, kind, to]) => ({
    file: "policies/extract/comments.ts",
    code,
    kind,
    to,
    reason: "a line of just this length is read as a whole, or in parts that hold all of it",
  })),
  ...(
    [
      ["const reason = party === undefined ? undefined : objection(profile, party);", "condition → false", "false"],
      ["return party === undefined || reason === undefined", "operand dropped", "reason === undefined"],
    ] as const
  ).map(([code, kind, to]) => ({
    file: "policies/rules/tls-001-ca-and-tls.ts",
    code,
    kind,
    to,
    reason: "the row of this authority is always there; only the compiler asks for it",
  })),
  ...(
    [
      [
        "return { found, days: found.length === 0 ? undefined : read.documents.flatMap(({ value }) => annotated(value))[0] };",
        "condition → false",
        "days are asked for only where there is a recorder; asking first saves time",
      ],
      [
        "if (!isObject(value)) return [];",
        "condition → false",
        "what is no object has no entries; the line saves time",
      ],
      ["return own === undefined ? below : [own, ...below];", "entry dropped", "the first one counts"],
    ] as const
  ).map(([code, kind, reason]) => ({ file: "policies/rules/rec-001-recording-governed.ts", code, kind, reason })),
  {
    file: "policies/rules/emg-001-fallback-channel.ts",
    code: ".sort((one, other) => (one.urn < other.urn ? -1 : 1));",
    kind: "comparison",
    to: "one.urn <= other.urn",
    reason: "no two resources of a stack have one URN",
  },
  ...["instancePool:InstancePool", "sksNodepool:SksNodepool"].map((type) => ({
    file: "policies/rules/ha-002-spread.ts",
    code: `["exoscale:index/${type}", ["antiAffinityGroupIds", false]],`,
    kind: "entry dropped",
    from: "false",
    reason: "what is not there is as false as the word; only the compiler asks for it",
  })),
  {
    file: "policies/rules/ha-002-spread.ts",
    code: 'const missing = group === undefined || group === null || group === "" || (isList(group) && group.length === 0);',
    kind: "operand dropped",
    to: "group.length === 0",
    reason:
      "of what can stand there, only a list and an empty text have a length of nought; only the compiler asks for the first",
  },
  {
    file: "policies/rules/net-001-mail-directory-unreachable.ts",
    code: 'if (isolated.length === 0 || subject.type.startsWith("sovereign-uc:") || isProvider(subject)) return [];',
    kind: "operand dropped",
    to: 'subject.type.startsWith("sovereign-uc:")',
    reason: "without an isolated range nothing lies in one; asking first saves time",
  },
  {
    file: "policies/rules/net-001-mail-directory-unreachable.ts",
    code: 'typeof value === "string" ? privately(`${path} ${name}`, value) : [],',
    kind: "condition → true",
    reason: "a value that is not known is no text of any length; only the compiler asks",
  },
  {
    file: "policies/rules/net-001-mail-directory-unreachable.ts",
    code: 'path === "" || !isObject(value)',
    kind: "operand dropped",
    to: 'path === ""',
    reason: "what is no object has no pods; only the compiler asks",
  },
  ...gates(
    ["adm-001-admin-plane", "/Authentication|Permit|ssh_pwauth/i.test(text)", "condition → true"],
    ["ai-004-model-provenance", "if (!weightsFetched.test(text)) return false;", "condition → false"],
    ["cdn-001-no-third-party-proxy", "if (!believes && !ranged) return [];", "condition → false"],
    [
      "log-001-logging-present-retained",
      "named.test(text) || named.test(path) ? keptIn(`${path}\\n${text}`) : [];",
      "condition → true",
    ],
    [
      "mon-001-telemetry-saas",
      "/analytics|amplitude|tag_manager/i.test(text) ? spokenLines(text) : [];",
      "condition → true",
    ],
    ["dat-001-encryption-at-rest-own-key", "if (!/kms|keyvault/i.test(text)) return [];", "condition → false"],
    ["dat-001-encryption-at-rest-own-key", "if (!/luks|crypt/.test(text)) return false;", "condition → false"],
    ["dns-001-dns-jurisdiction", "/\\sNS\\s/i.test(text)", "condition → true"],
    [
      "cdn-001-no-third-party-proxy",
      "const found = spoken.flatMap((line) => [...(believes ? believed(line) : []), ...(ranged ? rangesIn(line) : [])]);",
      "condition → true",
    ],
    ["dns-001-dns-jurisdiction", "if (rows.length === 0) return [];", "condition → false"],
    ["tls-001-ca-and-tls", "if (rows.length === 0) return [];", "condition → false"],
    ["tls-001-ca-and-tls", "const mayWeaken = having((name) => names.has(name));", "predicate → true"],
    [
      "tls-001-ca-and-tls",
      "return read.documents.flatMap(({ path, value }) => (mayWeaken(value) ? keyed(value, path, settings) : []));",
      "condition → true",
    ],
    ["psh-001-push-gateway", "mayPush(value)", "condition → true"],
    ["psh-001-push-gateway", "const mayPush = having((key) => keys.has(key));", "predicate → true"],
    [
      "psh-001-push-gateway",
      'const rows = pushLines.filter(({ word }) => lower.includes(word.replace(/_/g, "-")));',
      "filter dropped",
    ],
    [
      "psh-001-push-gateway",
      'const rows = pushLines.filter(({ word }) => lower.includes(word.replace(/_/g, "-")));',
      "predicate → true",
    ],
    ["psh-001-push-gateway", "if (rows.length === 0) return [];", "condition → false"],
    [
      "sup-002-signature-sbom",
      "const rows = unsignedLines.filter(({ word }) => lower.includes(word));",
      "predicate → true",
    ],
    [
      "sup-002-signature-sbom",
      "const rows = unsignedLines.filter(({ word }) => lower.includes(word));",
      "filter dropped",
    ],
    ["sup-002-signature-sbom", "if (rows.length === 0) return [];", "condition → false"],
    ["idn-003-meeting-defaults", 'if (!text.includes("anonymous")) return [];', "condition → false"],
    [
      "idn-002-idp-jurisdiction",
      "for (const { path, value } of read.documents) if (mayName(value)) walk(value, path);",
      "condition → true",
    ],
    [
      "idn-002-idp-jurisdiction",
      "/issuer|oidc|openid|oauth|ldap|saml|sso|idp|keycloak|entra|azure|identity/i.test(text)",
      "condition → true",
    ],
  ),
  {
    file: "policies/rules/log-001-logging-present-retained.ts",
    code: 'bad: [exampleMachine({ userData: exampleUserData.replace(/^rsyslog:.*\\n/m, "") })],',
    kind: "anchor dropped: ^",
    reason: "the word stands once in the example, at the beginning of its line",
  },
  {
    file: "policies/rules/ha-001-n-plus-one.ts",
    code: "return hosts.length > 1 || only === undefined",
    kind: "operand dropped",
    to: "hosts.length > 1",
    reason: "a tier has a host at least; only the compiler asks for it",
  },
  ...["nextcloud", "openvidu"].map((service) => ({
    file: `policies/facts/containers/${service}.ts`,
    code: 'must: "off",',
    kind: "property dropped",
    reason: "a key that has to be nothing else has to be off",
  })),
  ...["bigbluebutton", "mail", "storage"].map((service) => ({
    file: `policies/facts/containers/${service}.ts`,
    code: `service: "${service}",`,
    kind: "property dropped",
    reason: "the name says in messages whose row an operator lifts; rows of this service are lifted by none",
  })),
  ...[
    '["jitsi.net", "eight", jitsi],',
    '["jit.si", "eight", jitsi],',
    '["l.google.com", "google", bbb],',
    '["stun.freeswitch.org", "signalwire", bbb],',
  ].map((code) => ({
    file: "policies/facts/hosts.ts",
    code,
    kind: "entry dropped",
    reason: "the source of a row: without one of its own, that of the table stands there",
  })),
  {
    file: "policies/tables.ts",
    code: 'if (!("image" in row) || row.image !== image) return false;',
    kind: "operand dropped",
    to: "row.image !== image",
    reason: "a row about a file has no image, which is no name; only the compiler asks for the first",
  },
  {
    file: "policies/settings.ts",
    code: "isOwnHost(row) &&",
    kind: "operand dropped",
    to: 'tableOf(row) === "hosts"',
    reason: "a row of the table of hosts has a host; only the compiler asks for the first",
  },
  {
    file: "policies/levels.ts",
    code: "note.setEnforcementlevel(analyzer.EnforcementLevel.ADVISORY);",
    kind: "statement dropped",
    reason: "the advisory level is what a message has that names none",
  },
  {
    file: "policies/serve.ts",
    code: "sayWeakened(rules, { name, policy: settingsName });",
    kind: "statement dropped",
    reason: "a pack is started in a process of its own, from the disk, where no mutant is: the engine's tests start it",
  },
  {
    file: "policies/serve.ts",
    code: "new PolicyPack(name, {",
    kind: "statement dropped",
    reason: "a pack is started in a process of its own, from the disk, where no mutant is: the engine's tests start it",
  },
  {
    file: "policies/extract/demands.ts",
    code: '.filter((row): row is FileFact => "file" in row && row.file === file)',
    kind: "operand dropped",
    to: "row.file === file",
    reason: "a row of a container has no file, so it is none of the one that is asked for; only the compiler asks",
  },
  ...saving(
    "containers",
    "containers stand under such keys only, and what is neither object nor list holds none",
    ['const holdsContainers = having((key) => containerKeys.has(key) || key === "services");', "comparison"],
    [
      "holdsContainers(value) && (isObject(value) || isList(value)) ? allIn(value) : [];",
      "operand dropped",
      "(isObject(value) || isList(value))",
    ],
    ['if (typeof item !== "object" || item === null) continue;', "condition → false"],
    ['if (typeof item !== "object" || item === null) continue;', "operand dropped"],
  ),
  {
    file: "policies/extract/containers.ts",
    code: "holdsContainers(value) && (isObject(value) || isList(value)) ? allIn(value) : [];",
    kind: "operand dropped",
    to: "holdsContainers(value)",
    reason: "what holds a key is an object or a list; only the compiler asks",
  },
  ...saving(
    "hosts",
    "a host has a dot or a colon",
    ["if (/^[\\w \\n-]*$/.test(text)) return [];", "condition → false"],
    ['if (line.includes(".")) names(line, add);', "condition → true"],
    ['if (line.includes(":")) addresses(line, add);', "condition → true"],
  ),
  ...saving("hosts", "the words stand in everything that the patterns take", [
    "const mayBe = line.length < 4000 && mayDirect.test(line);",
    "operand dropped",
    "line.length < 4000",
  ]),
  ...saving(
    "comments",
    "the signs stand in everything that the patterns take, and no name is in an empty list",
    [
      "const isBlocked = mayBlock.test(line) && blocked.some((pattern) => pattern.test(line));",
      "operand dropped",
      "blocked.some((pattern) => pattern.test(line))",
    ],
    [
      "const mayBlock = /local-|^\\s*[(\\d:]|=\\/|CNAME|\\|\\||-j\\s|http-re|tcp-request|SecRule|sid:|[ds]addr|deny|AAAA/;",
      "anchor dropped: ^",
    ],
    ['const denied = whole.includes("http_access") ? deniedLists(all) : none;', "condition → true"],
    ["const name = denied.size === 0 ? undefined : /^\\s*acl\\s+(\\S+)\\s/.exec(line)?.[1];", "condition → false"],
  ),
  ...saving(
    "image-commands",
    "the words stand in everything that the patterns take",
    ['const withImage = lines.filter((line) => line.includes("mage"));', "filter dropped"],
    ['const withImage = lines.filter((line) => line.includes("mage"));', "predicate → true"],
    [
      "mayFetch.test(line) ? line.split(/[|;&]/).flatMap((command) => fetchedBy(command.split(/\\s+/))) : [],",
      "condition → true",
    ],
  ),
  ...saving("schemes", "the sign stands in everything that the pattern takes", [
    '!line.includes("://")',
    "condition → false",
  ]),
  ...saving("comments", "a word is no comment, and nothing is cut from it", [
    "if (word.test(text)) return [text];",
    "condition → false",
  ]),
  ...saving("schemes", "the word stands in everything that the pattern takes", [
    'if (!text.includes("://")) return [];',
    "condition → false",
  ]),
  ...saving(
    "schemes",
    "a store has a type beside its config, so both keys are there or nothing is found",
    [
      "...read.documents.flatMap(({ path, value }) => (hasConfig(value) ? typed(value, path) : [])),",
      "condition → true",
    ],
    ['const hasConfig = having((key) => key === "config");', "comparison"],
  ),
  ...saving(
    "choices",
    "members stand under such keys only",
    [
      '...read.documents.flatMap(({ path, value }) => (hasMembers(value) ? members(value, "", path) : [])),',
      "condition → true",
    ],
    ["const hasMembers = having((key) => under.has(key));", "predicate → true"],
  ),
  ...saving(
    "words",
    "stores stand under such keys only",
    ["...(hasObjects(value) ? objects(value, path) : []),", "condition → true"],
    ["const hasObjects = having((key) => storeKeys.has(key));", "predicate → true"],
  ),
  ...saving("text", "a short word holds none of the marks", [
    "if (!isShort && isUnresolved(current)) partial = true;",
    "operand dropped",
    "isUnresolved(current)",
  ]),
  ...saving(
    "ranges",
    "the parser refuses a name as well",
    ["if (!/^\\d|:/.test(text)) return undefined;", "condition → false"],
    ["if (!/^\\d|:/.test(text)) return undefined;", "anchor dropped: ^"],
  ),
  ...saving(
    "documents",
    "one word is no object and no list",
    ["if (isWord(text)) return none;", "condition → false"],
    ["const isWord = (text: string): boolean => /^[\\w./@-]*$/.test(text);", "predicate → false"],
  ),
  ...saving(
    "scan",
    "without a dollar sign or a variable, a text is filled in as it was",
    ['if (!leaves.some(({ text }) => text.includes("$"))) return leaves;', "condition → false"],
    ['if (!leaves.some(({ text }) => text.includes("$"))) return leaves;', "predicate → true"],
    ["if (given.length === 0) return leaves;", "condition → false"],
    ["return leaves === plain.leaves ? plain : { ...plain, leaves, texts: textsOf(leaves) };", "condition → false"],
    ["if (all.length < 2) return all;", "condition → false"],
  ),
  ...saving(
    "reached",
    "a host has a dot or a colon",
    ['if (!value.includes(".") && !value.includes(":")) return [];', "condition → false"],
    ['text.includes(".") || text.includes(":")', "condition → true"],
  ),
  ...saving("reached", "what holds aliases of hosts has other keys as well", [
    'const hasAliases = having((key) => key === "hostAliases");',
    "comparison",
  ]),
  ...saving(
    "shares",
    "nothing stands in what is no object, and an address has two dots or colons",
    ["if (!isObject(value)) return [];", "condition → false"],
    ["if (!address.test(text)) return [];", "condition → false"],
    [
      "...spokenLines(text).flatMap((line) => (address.test(line) && line.length <= 2000 ? ofLine(line, path) : [])),",
      "operand dropped",
      "line.length <= 2000",
    ],
  ),
  ...[
    "for (let i = 0; i < words.length; i++) {",
    'for (i++; i < words.length; i++) found.push(...(/^[\\w.-]+=(\\S+)/.exec(bare(words[i] ?? ""))?.slice(1) ?? []));',
  ].map((code): Equivalent => ({
    file: "policies/extract/image-commands.ts",
    code,
    kind: "comparison",
    to: "i <= words.length",
    reason: "what stands behind the last word is empty, and names nothing",
  })),
  ...saving(
    "joined",
    "what holds none of these signs is put together of nothing, and stays as it was",
    ["if (!mayJoin.test(whole)) return none;", "condition → false"],
    ["if (line.length > longest || !mayJoin.test(line)) continue;", "operand dropped", "line.length > longest"],
    ["if (next === result) break;", "condition → false"],
    ["if (next === text || next.length > 2 * longest) break;", "operand dropped", "next.length > 2 * longest"],
    ["if (!/[$#{\\\\]/.test(text)) return text;", "condition → false"],
    [
      "if (!/join|format|printf|concat|append|fromCharCode|::-1|%|replace/i.test(text)) return text;",
      "condition → false",
    ],
  ),
  ...saving(
    "packet-filters",
    "the words stand in everything that the patterns take",
    ["if (!/[ds]addr|dport|dnat|add\\s+element/.test(text)) return nothing;", "condition → false"],
    [
      "if (!/accept|dnat|jump|goto|allow|limit|--add-|<(service|port|source)|element|ipset/i.test(all)) return nothing;",
      "condition → false",
    ],
  ),
  ...saving("tunnels", "the words stand in everything that the patterns take", [
    "if (!/allowed|ip\\s|route|network|Destination|subnet|remote_ts/i.test(spoken)) return own;",
    "condition → false",
  ]),
  ...saving(
    "image-commands",
    "without a tool no word is one of a tool's, and one word is no command and no line of a Dockerfile",
    ["} else if (tool === undefined) continue;", "condition → false"],
    ["if (!/\\s|image/i.test(text)) return [];", "condition → false"],
  ),
  {
    file: "policies/extract/downloads.ts",
    code: "const held = /\\b(\\w{1,64})=[\"']?(?:\\$\\(|`)\\s{0,4}(?:curl|wget)\\s/;",
    kind: "anchor dropped: \\b",
    reason: "a part of a longer name is no name that a dollar sign takes",
  },
  ...saving(
    "downloads",
    "the words stand in everything that the patterns take",
    ["return anyDeploying.test(whole) &&", "operand dropped"],
    ['const anyDeploying = new RegExp(`\\\\b(${[...deploying.keys()].join("|")})["\']?\\\\s`);', "entry dropped"],
    [
      "(/curl|wget|aria2c|fetch|clone/.test(whole) &&",
      "operand dropped",
      "(lines.some((line) => run.test(line) || sourced.test(line)) || runsDownload(lines))",
    ],
    [
      "(/exec|eval|iex|invoke|ansible-pull|deno|<\\(/i.test(whole) &&",
      "operand dropped",
      "lines.some((line) => evaluated.some((pattern) => pattern.test(line)))",
    ],
  ),
];
