import { CannotRun } from '../making/cannot-run.ts';

/** What can go wrong between the pin and the binary. patches/README.md has the same table; a test holds it to this one. */
export const SCX_ERRORS = {
  SCX01: {
    title: 'series not understood',
    cause: 'A line of patches/series is no name of a patch, stands twice, or is not in the order of the numbers.',
    remedy: 'One name a line, like 0001-live-membership.patch, in ascending order; # begins a comment.',
  },
  SCX02: {
    title: 'series and folder disagree',
    cause: 'A patch is not in the series, so it would not be applied; or the series names one that is not there.',
    remedy: 'Name it in patches/series, or remove it there or here.',
  },
  SCX03: {
    title: 'patch not whole',
    cause: 'Its header does not say all that a patch has to say, or what follows is no text diff with a/ and b/.',
    remedy: 'Write the missing fields, or make the patch anew: patches/README.md has the form and the command.',
  },
  SCX04: {
    title: 'patch does not apply exactly',
    cause: 'A hunk fits nowhere, or not at the line that it names. A hunk elsewhere may be in a wrong place.',
    remedy: 'Rebase the patch onto the pin and what the series has before it: patches/README.md.',
  },
  SCX05: {
    title: 'crate cannot be had',
    cause: 'It is not in the cache of cargo, and cargo could not get it.',
    remedy: 'Check that cargo is installed and reaches its registry; `cargo info` with the name above shows it.',
  },
  SCX06: {
    title: 'crate is not what is pinned',
    cause: 'The file that cargo has got, or what it says of its origin, differs from patches/pin.ts.',
    remedy:
      'Remove the file above, and see whether it comes again. If it does, find out why before you change the pin: a published version never changes.',
  },
  SCX07: {
    title: 'program missing',
    cause: 'A program that is needed is not installed, or too old.',
    remedy: 'Install it: Rust by rustup, the others as Debian packages.',
  },
  SCX08: {
    title: 'crate does not build cleanly',
    cause: 'The crate failed to compile, or the compiler warned about its code.',
    remedy: 'Mend the patch that brought it in; --stock shows whether it is upstream.',
  },
  SCX09: {
    title: "crate's tests failed",
    cause: 'A Rust test of the crate failed, its own or one that a patch brings.',
    remedy: 'See the tests above; --test --stock shows whether it is upstream.',
  },
} as const;

export type ScxErrorId = keyof typeof SCX_ERRORS;

export class ScxError extends CannotRun {
  override name = 'ScxError';
  readonly id: ScxErrorId;

  /** @param what this time: which patch, file, hunk */
  constructor(id: ScxErrorId, what: string) {
    const { title, cause, remedy } = SCX_ERRORS[id];
    super(`${id}, ${title}: ${what}\n  cause: ${cause}\n  remedy: ${remedy}`);
    this.id = id;
  }
}
