import { Recipe } from "../recipe";
import { settings } from "../text";

/** File with the address. It is known only once the cloud has made it, so it comes beside the recipe, as secrets do. */
export const lastingAddressFile = "/etc/sovereign-uc/public-address.env";

/** Content of the file. */
export const lastingAddressLine = (address: string): string => settings({ PUBLIC_ADDRESS: address }, "=");

/**
 * A public address that the cloud leads to the host beside its own, and that has to be set up inside: on `lo`, so that the host takes its packets without a
 * word to its neighbours, under a label of its own, so that an address of before goes. Connections from outside are answered with it; what the host begins
 * by itself leaves with the address of its interface.
 */
export const lastingAddress = (): Recipe => ({
  files: [
    {
      path: "/etc/systemd/system/public-address.service",
      content: [
        "[Unit]",
        "Description=Public address that outlives the host",
        "After=network.target",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        `EnvironmentFile=${lastingAddressFile}`,
        "ExecStart=/usr/sbin/ip -4 address replace ${PUBLIC_ADDRESS}/32 dev lo label lo:public",
        "ExecStop=/usr/sbin/ip -4 address flush dev lo label lo:public",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
      ].join("\n"),
    },
    {
      path: "/etc/sovereign-uc/checks.d/60-public-address",
      mode: "0755",
      content: [
        "#!/bin/sh",
        "# The host has the address that names and ways lead to.",
        `address=$(sed -n 's/^PUBLIC_ADDRESS=//p' ${lastingAddressFile})`,
        'if [ -z "$address" ] || ! ip -4 -o address show dev lo | grep -qF " $address/32 "; then',
        '  echo "no address $address on lo"',
        "  exit 1",
        "fi",
        "",
      ].join("\n"),
    },
  ],
  units: [{ name: "public-address.service", files: [lastingAddressFile] }],
});
