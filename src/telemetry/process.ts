import type { LogStream } from './log-stream.ts';
import type { Logger } from './logger.ts';
import { stackOf } from './stack.ts';

/** How a long-running process ends: what is logged is written before it does. */
export interface ProcessEnd {
  /** Calls `stop` at the first signal that asks to end, then ends with 0; at the second it ends at once. */
  onAsked(stop: () => Promise<void>): void;
}

const FAILURE = 1;

/** From now on an error that nothing expected is logged, and ends the process with 1. */
export function watchProcess(log: LogStream, logger: Logger): ProcessEnd {
  const end = (code: number): never => {
    log.flush();
    process.exit(code);
  };
  const fatal = (error: unknown): never => {
    logger.fatal({ stack: stackOf(error) }, 'temper stops: an error that nothing expected');
    return end(FAILURE);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  return {
    onAsked(stop) {
      let stopping = false;
      const asked = (signal: string): void => {
        // Who asks twice does not want to wait.
        if (stopping) end(FAILURE);
        stopping = true;
        logger.info({ signal }, 'stopping');
        void stop().then(() => end(0));
      };
      process.on('SIGTERM', () => asked('SIGTERM'));
      process.on('SIGINT', () => asked('SIGINT'));
      // Only where a parent has opened a channel to it: then it must not outlive that parent.
      process.on('disconnect', () => asked('disconnect'));
    },
  };
}
