import type { HostSize } from "../../core/plan";

/** A server type's processors, memory and disk. */
export interface HetznerSize extends HostSize {
  readonly diskGb: number;
}

const size = (cores: number, memoryGib: number, diskGb: number): HetznerSize => ({ cores, memoryGib, diskGb });

/** Hetzner's server types. Source: names and sizes of Hetzner's price list, not at hand when this was written: unverified but for `ccx*` names in provider tests. */
export const serverSizes: Readonly<Record<string, HetznerSize>> = {
  cx23: size(2, 4, 40),
  cx33: size(4, 8, 80),
  cx43: size(8, 16, 160),
  cx53: size(16, 32, 320),
  cpx11: size(2, 2, 40),
  cpx12: size(1, 2, 40),
  cpx21: size(3, 4, 80),
  cpx22: size(2, 4, 80),
  cpx31: size(4, 8, 160),
  cpx32: size(4, 8, 160),
  cpx41: size(8, 16, 240),
  cpx42: size(8, 16, 320),
  cpx51: size(16, 32, 360),
  cpx52: size(12, 24, 480),
  cpx62: size(16, 32, 640),
  cax11: size(2, 4, 40),
  cax21: size(4, 8, 80),
  cax31: size(8, 16, 160),
  cax41: size(16, 32, 320),
  ccx13: size(2, 8, 80),
  ccx23: size(4, 16, 160),
  ccx33: size(8, 32, 240),
  ccx43: size(16, 64, 360),
  ccx53: size(32, 128, 600),
  ccx63: size(48, 192, 960),
};
