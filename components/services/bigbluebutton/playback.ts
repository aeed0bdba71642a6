import type * as pulumi from "@pulumi/pulumi";
import { throughProxy } from "../../core/connections";
import { image } from "../../core/images";
import { trusted } from "../../core/secret";
import { serviceHost, type Tier } from "../../core/tier";
import { Workload } from "../../kubernetes/workload";
import { storeVariables } from "../../kubernetes/bucket-client";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import { bigBlueButtonImages } from "./images";
import { type ClusterParts, type RecordingStores } from "./rails";
import {
  bodyMib,
  closedPaths,
  folders,
  healthPath,
  nginxUser,
  playbackCapacity,
  playbackPort,
  podResources,
  rcloneUser,
  readerCapacity,
  trustFiles,
} from "./settings";
import { bigBlueButtonTiers } from "./tiers";

/** Places that a test puts elsewhere. */
export interface PlaybackPlaces {
  /** Port on which it listens. @default the tier's */
  readonly port?: number;
  /** Addresses of Scalelite and of the reader. */
  readonly scalelite: string;
  readonly reader: string;
  /** Folder of the player. @default - where its image has it */
  readonly player?: string;
}

/** Path that nginx answers by itself. */
export const alivePath = "/nginx-alive";

/**
 * Configuration of nginx: all requests go to Scalelite, which answers those for a recording with the name of a file (X-Accel-Redirect) once it has found that the
 * browser may see it. The file comes from the reader; nobody can ask for its path from outside. The player is in the image.
 */
export const playbackConf = ({
  port = playbackPort,
  scalelite,
  reader,
  player = "/var/bigbluebutton",
}: PlaybackPlaces): string => `worker_processes 2;
pid /tmp/nginx.pid;
error_log stderr warn;

events {
  worker_connections 1024;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  # Addresses of those who watch are nobody's business.
  access_log off;
  server_tokens off;
  sendfile on;
  client_max_body_size ${bodyMib}m;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  # A video goes through, and never into a file.
  proxy_max_temp_file_size 0;

  server {
    listen ${port};

    location = ${alivePath} {
      return 200;
    }

${closedPaths.map((path) => `    location ${path} {\n      return 404;\n    }\n`).join("\n")}
    location / {
      proxy_pass http://${scalelite};
      proxy_http_version 1.1;
      proxy_read_timeout 60s;
      proxy_redirect off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $http_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;
    }

    location /static-resource/ {
      internal;
      rewrite ^/static-resource(/.*)/$ /published$1/index.html break;
      rewrite ^/static-resource(/.*)$ /published$1 break;
      proxy_pass http://${reader};
      proxy_http_version 1.1;
      proxy_set_header Host reader;
      # The reader needs neither, and has neither to tell.
      proxy_set_header Cookie "";
      proxy_set_header Authorization "";
      proxy_hide_header Server;
      add_header Cache-Control "private, no-store" always;
      add_header X-Content-Type-Options nosniff always;
    }

    location /playback/presentation/2.3 {
      root ${player};
      try_files $uri /playback/presentation/2.3/index.html;
    }

    location = /playback/presentation/2.0/playback.html {
      return 301 /playback/presentation/2.3/$arg_meetingId?$query_string;
    }

    location ~ ^/playback/video/(.*)$ {
      return 307 /video/$1;
    }

    location ~ ^/recording/screenshare/(.*)$ {
      return 307 /screenshare/$1;
    }
  }
}
`;

const at = (tier: Tier<"http">): string => `${serviceHost(tier)}:${tier.ports.http.port}`;

/** Nginx before Scalelite. Its replicas keep nothing. */
export function playback(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, policies, participants } = parts;
  const { playback: tier, scalelite, reader } = bigBlueButtonTiers(name);
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "playback",
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.playback),
      capacity: playbackCapacity(participants),
      user: nginxUser,
      command: ["nginx", "-e", "stderr", "-c", `${folders.config}/nginx.conf`, "-g", "daemon off;"],
      mounts: [
        {
          name: "config",
          path: folders.config,
          files: { "nginx.conf": playbackConf({ scalelite: at(scalelite), reader: at(reader) }) },
        },
        // Requests on their way that are larger than a buffer.
        { name: "tmp", path: "/tmp", memoryMib: 96 },
      ],
      probes: {
        ready: { get: healthPath, port: playbackPort, everySeconds: 5 },
        alive: { get: alivePath, port: playbackPort, failures: 6 },
      },
      resources: podResources.playback,
    },
    opts,
  );
}

/**
 * The reader: recordings of the bucket as plain files over HTTP, for nginx alone. Upstream reads recordings out of a bucket through Amazon's CloudFront only
 * (app/controllers/playback_controller.rb, blindsidenetworks/scalelite 7498a81).
 */
export function reader(
  { name, policies, participants, recordings }: ClusterParts & { readonly recordings: RecordingStores },
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const tier = bigBlueButtonTiers(name).reader;
  const { bucket } = recordings;
  const { cluster } = policies.namespace;
  const proxied = throughProxy(bucket, bucket.endpoint);
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "reader",
      image: image(cluster.registry, bigBlueButtonImages.rclone),
      capacity: readerCapacity(participants),
      user: rcloneUser,
      args: ["serve", "http", `store:${bucket.bucket}`, "--addr", `:${playbackPort}`, ...readerOptions],
      env: {
        ...storeVariables(bucket),
        ...(bucket.ca === undefined ? {} : { RCLONE_CA_CERT: `${folders.trust}/${trustFiles.bucket}` }),
        ...(proxied ? { HTTPS_PROXY: proxyUrl } : {}),
      },
      secretEnv: {
        RCLONE_CONFIG_STORE_ACCESS_KEY_ID: bucket.accessKey,
        RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: bucket.secretKey,
      },
      ...(proxied ? { names: { [gatewayName]: cluster.gatewayAddresses } } : {}),
      mounts: [
        { name: "tmp", path: "/tmp", memoryMib: 16 },
        ...(bucket.ca === undefined
          ? []
          : [{ name: "trust", path: folders.trust, secrets: { [trustFiles.bucket]: trusted(bucket.ca) } }]),
      ],
      // Not a file: the store may be away, and a start would not bring it back.
      probes: { ready: { connect: playbackPort, everySeconds: 5 }, alive: { connect: playbackPort, failures: 6 } },
      resources: podResources.reader,
    },
    opts,
  );
}

/** Options of the reader: nothing is written, folders are not listed, and a recording that is new or gone is noticed within ten seconds. */
export const readerOptions = ["--read-only", "--disable-dir-list", "--disable-zip", "--dir-cache-time", "10s"] as const;
