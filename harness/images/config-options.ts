/** The build option behind each module that a guest cannot do without. */
export const optionOf: Readonly<Record<string, string>> = {
  virtio: 'CONFIG_VIRTIO',
  virtio_ring: 'CONFIG_VIRTIO',
  virtio_pci_legacy_dev: 'CONFIG_VIRTIO_PCI_LIB_LEGACY',
  virtio_pci_modern_dev: 'CONFIG_VIRTIO_PCI_LIB',
  virtio_pci: 'CONFIG_VIRTIO_PCI',
  virtio_console: 'CONFIG_VIRTIO_CONSOLE',
  overlay: 'CONFIG_OVERLAY_FS',
  dummy: 'CONFIG_DUMMY',
  sch_ingress: 'CONFIG_NET_SCH_INGRESS',
  cls_bpf: 'CONFIG_NET_CLS_BPF',
};

/** Options of a kernel's `.config`: `y`, `m` or a value; options that are not set are not in it. */
export function parseKernelConfig(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']));
}
