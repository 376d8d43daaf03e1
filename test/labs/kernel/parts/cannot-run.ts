/** Why the lab cannot run here, with what would help: said as it is, without a stack. */
export class CannotRun extends Error {
  override name = 'CannotRun';
}
