import { folders as mediaFolders, trustFiles } from "./settings";
import { profileMib, recorderPage, recorderPorts, recordingMib } from "./recording";

/** Folder that a recorder writes to, in memory: its home, as the image has it (build/egress/Dockerfile). */
export const recorderHome = "/home/egress";

/** Files of a recorder below the folder of secrets, and below that of authorities. */
export const recorderFiles = { cachePassword: "cache.json", bucketAuthority: "bucket.crt" } as const;

/** Memory of a recorder's home. */
export const homeMib = (longestMinutes: number): number => recordingMib(longestMinutes) + profileMib;

/** Settings of a recorder's configuration: plain values, no secrets. */
export interface EgressSettings {
  /** Host of the servers' API inside the cluster. */
  readonly servers: { readonly host: string; readonly port: number };
  readonly bucket: { readonly endpoint: string; readonly bucket: string; readonly region: string };
  /** Proxy to the bucket. @default - it is reached straight */
  readonly proxy?: string;
  readonly longestMinutes: number;
}

/**
 * The part of a recorder's configuration that is no secret. What is secret comes by variables (`LIVEKIT_API_SECRET`, `AWS_SECRET_ACCESS_KEY`), and the cache's password
 * below `redis` by the script that starts it.
 *
 * | claim | file of livekit/egress | revision |
 * |---|---|---|
 * | all keys; `template_base` is the recorder's own page unless another is given; costs of each kind of recording, and that a recorder takes no second one where processors are over `max_cpu_utilization` | pkg/config/base.go, pkg/config/service.go, pkg/stats/monitor.go | v1.14.1 |
 * | `storage.s3` without keys: those of the variables; a proxy, and the bucket in the path of the address in place of the host | livekit/storage config.go, s3.go | 1297cb1 |
 * | an upload is tried `max_retries` times, with waits of up to `max_retry_delay`: a bucket that is away for longer than some minutes loses the recording | livekit/storage s3.go | 1297cb1 |
 * | the page and its fonts are in the program; it names no other address | template-default/ | v1.14.1 |
 * | `chrome_flags` are added to upstream's own | pkg/pipeline/source/web.go | v1.14.1 |
 * | `file_output_max_size` ends a recording before its memory is full | pkg/pipeline/controller.go | v1.14.1 |
 */
export function egress({ servers, bucket, proxy, longestMinutes }: EgressSettings): string {
  const longest = `${longestMinutes}m`;
  return [
    ...Object.entries({
      ws_url: `ws://${servers.host}:${servers.port}`,
      health_port: recorderPorts.health,
      prometheus_port: recorderPorts.metrics,
      template_port: recorderPage.port,
      logging: { level: "info", json: true },
      // One recording each: with one at work, a second would find less than nothing left of a hundredth of the processors.
      cpu_cost: { max_cpu_utilization: 0.01 },
      session_limits: {
        file_output_max_duration: longest,
        // Of everything below the home, the profile as well.
        file_output_max_size: (homeMib(longestMinutes) - profileMib / 2) * 1_048_576,
        segment_output_max_duration: longest,
        stream_output_max_duration: longest,
        image_output_max_duration: longest,
      },
      disallow_local_storage: true,
      storage: {
        s3: {
          endpoint: bucket.endpoint,
          bucket: bucket.bucket,
          region: bucket.region,
          force_path_style: true,
          max_retries: 20,
          max_retry_delay: "30s",
          ...(proxy === undefined ? {} : { proxy_config: { url: proxy } }),
        },
      },
      insecure: false,
      chrome_flags: {
        // The browser resolves two names: its own page's and the servers'.
        "host-resolver-rules": `MAP * ~NOTFOUND, EXCLUDE ${recorderPage.host}, EXCLUDE ${servers.host}`,
        "disable-component-update": true,
        "disable-domain-reliability": true,
        "disk-cache-size": `${16 * 1_048_576}`,
      },
    }).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    // Last: the script that starts it goes on below this key.
    "redis:",
    `  tls: ${JSON.stringify({ enabled: true, insecure: false, ca_cert_file: `${mediaFolders.trust}/${trustFiles.cache}` })}`,
    "",
  ].join("\n");
}

/**
 * The managed policy of the recorder's browser: it opens its own page and no other, and asks nobody for anything by itself. Names as in chrome://policy; that each of them is
 * in the program was checked in Debian's Chromium.
 */
export const browserPolicy = (): string =>
  `${JSON.stringify(
    {
      URLBlocklist: ["*"],
      URLAllowlist: [`http://${recorderPage.host}:${recorderPage.port}`],
      BackgroundModeEnabled: false,
      BrowserSignin: 0,
      BuiltInDnsClientEnabled: false,
      ComponentUpdatesEnabled: false,
      DefaultSearchProviderEnabled: false,
      DnsOverHttpsMode: "off",
      DomainReliabilityAllowed: false,
      MetricsReportingEnabled: false,
      NetworkPredictionOptions: 2,
      SafeBrowsingProtectionLevel: 0,
      SyncDisabled: true,
      TranslateEnabled: false,
    },
    null,
    2,
  )}\n`;
