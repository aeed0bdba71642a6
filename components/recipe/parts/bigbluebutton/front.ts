/** Paths of the certificate that browsers see. HAProxy looks for the key beside it, under the same name with `.key`. */
export const frontCertificate = {
  certificate: "/etc/bigbluebutton/ssl/site.pem",
  key: "/etc/bigbluebutton/ssl/site.pem.key",
} as const;

/** Ports on the server itself. */
export const innerPorts = { web: 81, webHttp2: 82, relay: 3478 } as const;

/**
 * HAProxy on port 443 of a server, for web and relay: a client behind a firewall that lets nothing else out gets in by TURN over TLS. TLS ends here; who says by ALPN
 * that it speaks HTTP is led to nginx, and who says nothing is told apart by its first byte, a letter in HTTP and below 4 in the first message to a relay.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | the arrangement: nginx on 127.0.0.1:81 and for HTTP/2 on 82, both with the PROXY protocol, the relay on 3478 | templates/bbb-config/haproxy/haproxy.cfg.j2 | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 * | the first two bits of a STUN message are zero | RFC 8489, section 5 | |
 * | the key beside the certificate | doc/configuration.txt, `ssl-load-extra-files`; run with Debian's 2.6.12 | haproxy/haproxy v2.4.0, which Ubuntu 22.04 has |
 */
export const frontProxy = (certificate: string = frontCertificate.certificate, port = 443): string =>
  `global
  log /dev/log local0
  user haproxy
  group haproxy
  maxconn 20000
  ssl-default-bind-options ssl-min-ver TLSv1.2
  ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20

defaults
  log global
  mode tcp
  option dontlognull
  timeout connect 5s
  timeout client 1h
  timeout server 1h

frontend web-or-relay
  bind :::${port} v4v6 ssl crt ${certificate} alpn h2,http/1.1,stun.turn
  tcp-request inspect-delay 10s
  tcp-request content accept if { ssl_fc_alpn -m found }
  tcp-request content accept if { req.len gt 0 }
  use_backend web-http2 if { ssl_fc_alpn h2 }
  use_backend web if { ssl_fc_alpn http/1.1 }
  use_backend relay if { ssl_fc_alpn stun.turn }
  use_backend web if { req.payload(0,1),hex -m reg ^[4-7] }
  default_backend relay

backend web
  server nginx 127.0.0.1:${innerPorts.web} send-proxy

backend web-http2
  server nginx 127.0.0.1:${innerPorts.webHttp2} send-proxy

backend relay
  server coturn 127.0.0.1:${innerPorts.relay}
`;

/**
 * nginx's site of a server, `/etc/nginx/sites-available/bigbluebutton`. It answers HAProxy alone, says no version, and keeps addresses of people out of its own log of
 * requests.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path, ports, root, `$real_scheme`, the include | templates/bbb-config/nginx/sites-available/bigbluebutton.j2 | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 * | `bbb_nginx_root` | vars/main.yml | the same |
 */
export const site = (host: string): string => `server {
  server_name ${host};
  server_tokens off;
  listen 127.0.0.1:${innerPorts.web} proxy_protocol;
  listen 127.0.0.1:${innerPorts.webHttp2} http2 proxy_protocol;
  set_real_ip_from 127.0.0.1;
  real_ip_header proxy_protocol;
  absolute_redirect off;
  access_log off;
  error_log /var/log/nginx/bigbluebutton.error.log;

  location / {
    root /var/www/bigbluebutton-default/assets;
    index index.html index.htm;
    expires 1m;
  }

  set $real_scheme "https";
  include /etc/bigbluebutton/nginx/*.nginx;
}
`;
