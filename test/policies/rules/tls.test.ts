/** Connections and certificates. */
import { tlsOfToday } from "../../../policies/rules/tls-001-ca-and-tls";
import type { Profile } from "../../../policies/profiles";
import { text } from "../cases/case";
import { chosen, judged } from "../judged";
import { own, type Resource, type Row, shape, table, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

describe("UC-TLS-001 ca-and-tls", () => {
  const file = (text: string): Resource => map({ "app.conf": `first = 1\n${text}\n` });
  const row = (title: string, resource: Resource, expect: Row["expect"]): Row => ({
    title: `it ${title}`,
    ...own,
    resource,
    expect,
  });
  const old = /with a version of TLS before 1\.2 in data/;
  shape(tlsOfToday);
  table(tlsOfToday, [
    row("accepts nginx of today", file("ssl_protocols TLSv1.2 TLSv1.3;"), "passes"),
    row("refuses nginx with an old version among others", file("ssl_protocols TLSv1.2 TLSv1.1;"), old),
    row("refuses the oldest one, which has no number behind it", file("  ssl_protocols TLSv1;"), old),
    row("refuses SSL", file("ssl_protocols SSLv3 TLSv1.3;"), old),
    row("reads it without regard to case", file("SSL_Protocols tlsv1.1;"), old),
    row("leaves comments out", file("# ssl_protocols TLSv1.1;"), "passes"),
    row(
      "refuses it in the settings of an ingress",
      map({ "ssl-protocols": "TLSv1.1 TLSv1.2" }),
      /ssl-protocols with nginx with a version/,
    ),
    row("takes the same words under another key for none", map({ note: "TLSv1.1 TLSv1.2" }), "passes"),
    row(
      "cannot judge an ingress whose versions are not known",
      map({ "ssl-protocols": unknownString }),
      "is undetermined",
    ),
    row(
      "takes no other part of Traefik's file for a resolver",
      map({
        "traefik.yml":
          "certificatesResolvers:\n  web:\n    acme:\n      caServer: https://ca.crisis.example.ch/directory\nothers:\n  web:\n    acme:\n      email: a\n",
      }),
      "passes",
    ),
    row("accepts an ingress of today", map({ "ssl-protocols": "TLSv1.2 TLSv1.3" }), "passes"),
    row("refuses HAProxy with an old version", file("bind :443 ssl ssl-min-ver TLSv1.1"), old),
    row("accepts HAProxy of today", file("bind :443 ssl ssl-min-ver TLSv1.2"), "passes"),
    row(
      "refuses a proxy that takes any certificate",
      file("server a 10.20.0.5:443 ssl verify none"),
      /takes any certificate/,
    ),
    row("refuses Apache with an old version", file("SSLProtocol -all +TLSv1.1 +TLSv1.2"), old),
    row("accepts Apache without it", file("SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1"), "passes"),
    row("refuses PostgreSQL with an old version", file("ssl_min_protocol_version = 'TLSv1.1'"), old),
    row("refuses Dovecot with an old version", file("ssl_min_protocol = TLSv1"), old),
    row("refuses OpenSSL with an old version", file("MinProtocol = TLSv1.0"), old),
    row("accepts OpenSSL of today", file("MinProtocol = TLSv1.2"), "passes"),
    row(
      "refuses Traefik with an old version in an object",
      { type: "kubernetes:traefik.io/v1alpha1:TLSOption", props: { spec: { minVersion: "VersionTLS11" } } },
      /minVersion with a version of TLS before 1\.2/,
    ),
    row(
      "accepts Traefik of today",
      { type: "kubernetes:traefik.io/v1alpha1:TLSOption", props: { spec: { minVersion: "VersionTLS12" } } },
      "passes",
    ),
    row(
      "refuses a gateway with an old version",
      {
        type: "kubernetes:networking.istio.io/v1:Gateway",
        props: { spec: { servers: [{ tls: { minProtocolVersion: "TLSV1_1" } }] } },
      },
      /minProtocolVersion/,
    ),
    row(
      "refuses a setting that takes any certificate",
      { type: "kubernetes:traefik.io/v1alpha1:ServersTransport", props: { spec: { insecureSkipVerify: true } } },
      /insecureSkipVerify with connections that take any certificate/,
    ),
    row(
      "accepts one that is switched off",
      { type: "kubernetes:traefik.io/v1alpha1:ServersTransport", props: { spec: { insecureSkipVerify: false } } },
      "says nothing",
    ),
    row(
      "refuses it in a file of settings",
      map({ "a.yaml": "tls:\n  insecure_skip_verify: true\nother: a\n" }),
      /take any certificate/,
    ),
    row(
      "refuses a variable that takes any certificate",
      pod("a", [["NODE_TLS_REJECT_UNAUTHORIZED", "0"]]),
      /a program of Node that takes any certificate/,
    ),
    row("accepts that variable where it checks", pod("a", [["NODE_TLS_REJECT_UNAUTHORIZED", "1"]]), "passes"),
    row(
      "refuses it in a script",
      host("#!/bin/sh\nexport NODE_TLS_REJECT_UNAUTHORIZED=0\n"),
      /takes any certificate in userData/,
    ),
    row(
      "refuses a certificate that Hetzner asks for",
      { type: "hcloud:index/managedCertificate:ManagedCertificate", props: { domainNames: ["a.example.ch"] } },
      /a certificate that Hetzner asks Let's Encrypt for, of .*"controlled"/,
    ),
    row(
      "refuses a resolver that names no authority",
      map({ "traefik.yml": "certificatesResolvers:\n  web:\n    acme:\n      email: a@example.ch\nentryPoints: {}\n" }),
      /the resolver web in data\["traefik\.yml"\] without caServer/,
    ),
    row(
      "accepts a resolver with an authority of one's own",
      map({
        "traefik.yml":
          "certificatesResolvers:\n  web:\n    acme:\n      caServer: https://ca.crisis.example.ch/directory\nentryPoints: {}\n",
      }),
      "passes",
    ),
    row(
      "refuses a small key of RSA",
      { type: "tls:index/privateKey:PrivateKey", props: { algorithm: "RSA", rsaBits: 1024 } },
      /RSA of 1024 bits/,
    ),
    row(
      "accepts a key of RSA of 2048 bits",
      { type: "tls:index/privateKey:PrivateKey", props: { algorithm: "RSA", rsaBits: 2048 } },
      "passes",
    ),
    row(
      "accepts another kind of key",
      { type: "tls:index/privateKey:PrivateKey", props: { algorithm: "ED25519" } },
      "passes",
    ),
    row(
      "cannot judge a size that is not known",
      { type: "tls:index/privateKey:PrivateKey", props: { algorithm: "RSA", rsaBits: unknownString } },
      "is undetermined",
    ),
    row("cannot judge a file that is not known", map({ a: unknownString }), "is undetermined"),
    row("says nothing about a resource without texts", { type: "hcloud:index/network:Network" }, "says nothing"),
  ]);
});

test("UC-TLS-001 has nothing against an authority that the profile accepts", () => {
  const accepting: Profile = { name: "european", countries: ["CH", "US"], nexus: ["controlled"], undetermined: true };
  const traefik = text("certificatesResolvers:\n  web:\n    acme:\n      email: a\nentryPoints: {}\n");
  expect(judged(tlsOfToday, [traefik], { ...chosen, profile: accepting })).toMatch(/^passed /);
  expect(judged(tlsOfToday, [traefik], chosen)).toMatch(/which asks Let's Encrypt, of /);
});
