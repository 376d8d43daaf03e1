/** Why something cannot be done on this machine, with what would help: said as it is, without a stack. */
export class CannotRun extends Error {
  override name = 'CannotRun';
}
