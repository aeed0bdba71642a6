import { noPlainMedia } from "../../../policies/rules/med-001-no-plain-rtp";
import { type Resource, shape, stackTable, table, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

describe("UC-MED-001 no-plain-rtp", () => {
  const firewall = (port: string): Resource => ({
    type: "hcloud:index/firewall:Firewall",
    props: { rules: [{ direction: "in", protocol: "udp", port, sourceIps: ["0.0.0.0/0"] }] },
  });
  shape(noPlainMedia);
  table(noPlainMedia, [
    { title: "it accepts the ports of encrypted media", resource: firewall("10000"), expect: "passes" },
    {
      title: "it refuses the port of plain SIP",
      resource: firewall("5060"),
      expect: /rule 1 \(in udp 5060\), which opens SIP without TLS/,
    },
    { title: "it refuses a range that holds it", resource: firewall("5000-6000"), expect: /5060/ },
    {
      title: "it lets media out to whatever port a browser has chosen",
      resource: {
        type: "hcloud:index/firewall:Firewall",
        props: { rules: [{ direction: "out", protocol: "udp", port: "1024-65535", destinationIps: ["0.0.0.0/0"] }] },
      },
      expect: "passes",
    },
    { title: "it accepts SIP over TLS", resource: firewall("5061"), expect: "passes" },
    {
      title: "it refuses a Service that offers it",
      resource: { type: "kubernetes:core/v1:Service", props: { spec: { ports: [{ port: 5060 }] } } },
      expect: /spec\.ports\[0\]/,
    },
    {
      title: "it refuses a trunk in clear",
      resource: map({ a: "trunk=sip:carrier.example.org;transport=udp" }),
      expect: /a SIP address with transport in clear in data\.a/,
    },
    {
      title: "it accepts a trunk over TLS",
      resource: map({ a: "trunk=sips:carrier.example.org;transport=tls" }),
      expect: "passes",
    },
    {
      title: "it refuses FreeSWITCH without mandatory SRTP",
      resource: map({ a: '<X-PRE-PROCESS cmd="set" data="rtp_secure_media=optional"/>' }),
      expect: /FreeSWITCH/,
    },
    {
      title: "it accepts FreeSWITCH with mandatory SRTP",
      resource: map({ a: '<X-PRE-PROCESS cmd="set" data="rtp_secure_media=mandatory"/>' }),
      expect: "passes",
    },
    {
      title: "it refuses TURN without TLS",
      resource: map({ "turnserver.conf": "listening-port=3478\nno-tls\n" }),
      expect: /a TURN server without TLS/,
    },
    {
      title: "it does not read a comment",
      resource: map({ "turnserver.conf": "#no-tls\nno-tlsv1\n# sip:carrier.example.org;transport=udp\n" }),
      expect: "passes",
    },
    {
      title: "it refuses the capture of decrypted media",
      resource: map({ "jvb.conf": "jmt { debug { pcap { enabled = true } } }" }),
      expect: /capture of decrypted media/,
    },
    {
      title: "it refuses plain RTP inside BigBlueButton",
      resource: map({ a: "fsBridgeMode: RTP" }),
      expect: /plain RTP/,
    },
    {
      title: "it refuses a telephone gateway without SRTP",
      resource: pod("jitsi/jigasi", [["JIGASI_SIP_TRANSPORT", "TLS"]]),
      expect: /JIGASI_ENABLE_SDES_SRTP not set/,
    },
    {
      title: "it refuses a telephone gateway whose keys travel in clear",
      resource: pod("jitsi/jigasi", [
        ["JIGASI_ENABLE_SDES_SRTP", "1"],
        ["JIGASI_SIP_TRANSPORT", "UDP"],
      ]),
      expect: /JIGASI_SIP_TRANSPORT other than TLS/,
    },
    {
      title: "it accepts a telephone gateway with both",
      resource: pod("jitsi/jigasi", [
        ["JIGASI_ENABLE_SDES_SRTP", "1"],
        ["JIGASI_SIP_TRANSPORT", "tls"],
      ]),
      expect: "passes",
    },
    {
      title: "it accepts a Jitsi that says how confidential it is",
      resource: { type: "sovereign-uc:index:Jitsi", props: { confidentiality: "transport", recording: true } },
      expect: "passes",
    },
    {
      title: "it refuses a Jitsi that does not",
      resource: { type: "sovereign-uc:index:Jitsi", props: {} },
      expect: /without a level of confidentiality/,
    },
    {
      title: "it refuses a recorder in an end-to-end room",
      resource: { type: "sovereign-uc:index:Jitsi", props: { confidentiality: "end-to-end", recording: true } },
      expect: /end-to-end encrypted Jitsi with recording/,
    },
    {
      title: "it cannot judge text that is not known",
      resource: host(unknownString),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about what holds no text",
      resource: { type: "tls:index/privateKey:PrivateKey" },
      expect: "says nothing",
    },
  ]);
  stackTable(noPlainMedia, [
    {
      title: "it does not ask a component's outputs what it was asked for",
      resources: [{ type: "sovereign-uc:index:Jitsi", props: { url: "https://meet.example.ch" } }],
      expect: "passes",
    },
    {
      title: "it reads at preview what a component says its hosts will hold",
      resources: [{ type: "sovereign-uc:index:HostPool", props: { rendered: "no-tls" } }],
      expect: /TURN server without TLS/,
    },
  ]);
});
