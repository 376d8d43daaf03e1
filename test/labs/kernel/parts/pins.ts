/** One package file, as the archive names and signs it. */
export interface Pin {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

export interface KernelPin {
  readonly suite: string;
  /** All that is needed: the image, and its config. */
  readonly packages: readonly Pin[];
  /** Names of the same kind of kernel; the archive drops old ones. The release is the group. */
  readonly alike: RegExp;
  /** Packages of a kernel with this release. */
  readonly packagesOf: (release: string) => readonly string[];
}

/** The kernel on which temper is proven: sched_ext, and all that a guest needs built in. */
export const SCHED_EXT: KernelPin = {
  suite: 'trixie-backports',
  packages: [
    {
      name: 'linux-binary-7.3.4+deb13-cloud-amd64',
      version: '7.3.4-1~bpo13+1',
      sha256: 'c4fbc8e404958693b28825474c20742d70594d65ca58aea7be6a279c81eb6fa0',
    },
    {
      name: 'linux-base-7.3.4+deb13-cloud-amd64',
      version: '7.3.4-1~bpo13+1',
      sha256: 'e08baa43706ba6e8daff58029b039f46beecfb3b3750c6fa0d6d5ca508a46a43',
    },
  ],
  alike: /^linux-binary-(\d\S*-cloud-amd64)$/,
  packagesOf: (release) => [`linux-binary-${release}`, `linux-base-${release}`],
};

/** What Debian stable runs: built without sched_ext. */
export const NO_SCHED_EXT: KernelPin = {
  suite: 'trixie',
  packages: [
    {
      name: 'linux-image-6.12.107+deb13-cloud-amd64',
      version: '6.12.107-1',
      sha256: '04434ff520f860423eafe4203d986a35682ce73c2f71baa39e988ca0da93ac91',
    },
  ],
  alike: /^linux-image-(6\.12\.\S*-cloud-amd64)$/,
  packagesOf: (release) => [`linux-image-${release}`],
};

/** Older kernels with sched_ext, by the first two numbers of their version: what `--kernel` takes besides a path. */
export const OTHERS: ReadonlyMap<string, KernelPin> = new Map([
  ['6.16', inOnePackage('6.16.12', 'b56d926c1dc9bbdf151794753df57bd427af2398a033999016dcbbd211e8e461')],
  ['6.17', inOnePackage('6.17.13', '2ac533a36b0c5107527166716414a4d04b00f7108e419df2084ca5aec268d1ff')],
  ['6.18', inOnePackage('6.18.15', '5a507681ea8c978d02265a7fec2f02c9588fb48b54b7f71edc1059e86007f3ec')],
]);

/** As Debian's backports have kernels before 6.19. */
function inOnePackage(version: string, sha256: string): KernelPin {
  const minor = version.split('.', 2).join('\\.');
  return {
    suite: 'trixie-backports',
    packages: [{ name: `linux-image-${version}+deb13-cloud-amd64`, version: `${version}-1~bpo13+1`, sha256 }],
    alike: new RegExp(`^linux-image-(${minor}\\.\\S*-cloud-amd64)$`),
    packagesOf: (release) => [`linux-image-${release}`],
  };
}
