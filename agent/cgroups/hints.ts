import { watch } from 'node:fs';

/** Tells when directories come and go in a directory. It may miss some; a scan tells for certain. */
export interface HintSource {
  /**
   * @param onHint gets the name of what came or went in the directory; null where that is not told
   * @param onFailure called at most once, when it will tell no more
   * @returns a function that ends it
   * @throws where the directory cannot be watched
   */
  watch(path: string, onHint: (name: string | null) => void, onFailure: (error: Error) => void): () => void;
}

/** inotify. Its queue can overflow without a word from Node: whoever uses it must also scan at intervals. */
export const INOTIFY: HintSource = {
  watch(path, onHint, onFailure) {
    const watcher = watch(path, { persistent: false });
    // `change` is a control file that was written, by the kernel too; directories come and go as `rename`.
    watcher.on('change', (type, name) => {
      if (type === 'rename') onHint(typeof name === 'string' ? name : null);
    });
    watcher.once('error', (error) => {
      watcher.close();
      onFailure(error);
    });
    return () => watcher.close();
  },
};
