/** In the environment of every child: the process id of the agent that started it. */
export const MARKER = 'TEMPER_SCHEDULER_OF';
