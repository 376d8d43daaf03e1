/** Each arm once in each round, each round beginning with another: what the machine does else falls on all alike. */
export async function inTurn<Arm extends string, Window>(
  arms: readonly Arm[],
  rounds: number,
  measure: (arm: Arm, round: number) => Promise<Window>,
): Promise<Array<Record<Arm, Window>>> {
  const measured: Array<Record<Arm, Window>> = [];
  for (let round = 0; round < rounds; round += 1) {
    const windows = {} as Record<Arm, Window>;
    for (const arm of rotated(arms, round)) windows[arm] = await measure(arm, round);
    measured.push(windows);
  }
  return measured;
}

export function rotated<T>(all: readonly T[], by: number): T[] {
  return all.map((_, index) => all[(index + by) % all.length] as T);
}
