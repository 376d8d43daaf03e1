/**
 * Notices workloads whose scaled pods never come to be. LimitRange is not the only validator behind
 * us: another webhook or a policy may demand a minimum request, and a controller would then retry for
 * ever. A workload of which three scaled pods in a row never appeared is left unscaled for an hour,
 * so that its pods are at least admitted as they were written.
 */

/** How many in a row; one or two may be a race with something else. */
const IN_A_ROW = 3;
/** A pod that was admitted reaches a living watch within a second or two. */
const GRACE_MS = 10_000;
const LEFT_ALONE_MS = 3_600_000;
/** Workloads remembered; beyond, the one that was quiet longest is forgotten. */
const MAX_WORKLOADS = 10_000;
/** Admissions remembered for one workload: more change nothing. */
const MAX_PENDING = 16;

interface Standing {
  /** When each scaled pod was admitted that has not appeared yet, oldest first. */
  readonly pending: number[];
  missing: number;
  leftAloneUntil: number;
}

export class Refusals {
  readonly #standings = new Map<string, Standing>();

  /** A scaled pod of the workload was admitted (not a dry run). */
  admitted(workload: string, now: number): void {
    const standing = this.#standings.get(workload) ?? { pending: [], missing: 0, leftAloneUntil: 0 };
    standing.pending.push(now);
    if (standing.pending.length > MAX_PENDING) standing.pending.shift();
    this.#standings.delete(workload);
    this.#standings.set(workload, standing);
    if (this.#standings.size > MAX_WORKLOADS) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#standings.keys();
    if (oldest !== undefined) this.#standings.delete(oldest);
  }

  /** A pod of the workload appeared in the watch: one admission went through. */
  appeared(workload: string): void {
    const standing = this.#standings.get(workload);
    if (standing === undefined) return;
    standing.pending.shift();
    standing.missing = 0;
    if (standing.pending.length === 0 && standing.leftAloneUntil === 0) this.#standings.delete(workload);
  }

  /**
   * Settles what is overdue and tells whether the workload is left unscaled now.
   *
   * @param heardAt when the pod watch last heard from the API server: silence proves nothing.
   */
  leavesAlone(workload: string, now: number, heardAt: number | undefined): boolean {
    const standing = this.#standings.get(workload);
    if (standing === undefined) return false;
    if (now < standing.leftAloneUntil) return true;
    standing.leftAloneUntil = 0;
    while (isOverdue(standing.pending[0], heardAt)) {
      standing.pending.shift();
      standing.missing += 1;
    }
    if (standing.missing < IN_A_ROW) return false;
    standing.pending.length = 0;
    Object.assign(standing, { missing: 0, leftAloneUntil: now + LEFT_ALONE_MS });
    return true;
  }

  /** How many workloads are left unscaled at `now`. */
  leftAlone(now: number): number {
    let count = 0;
    for (const { leftAloneUntil } of this.#standings.values()) if (now < leftAloneUntil) count += 1;
    return count;
  }
}

function isOverdue(admittedAt: number | undefined, heardAt: number | undefined): boolean {
  return admittedAt !== undefined && heardAt !== undefined && heardAt >= admittedAt + GRACE_MS;
}
