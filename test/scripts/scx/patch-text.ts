/** A header with all that a patch has to say. */
export const HEADER = `From: somebody
Subject: the second line is new
Why: it was old,
 and that for long
Upstream: not sent
Test: npm run scx:build -- --test
SPDX-License-Identifier: GPL-2.0-only
---
 src/a.c | 2 +-

`;

/** Numbered lines, those given replaced. */
export function lines(count: number, replaced: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, index) => `${replaced[index + 1] ?? `line ${index + 1}`}\n`).join('');
}

/** Changes line 5 and line 30 of src/a.c as `lines(40)` has it, and makes src/new.c. */
export const DIFF = `diff --git a/src/a.c b/src/a.c
--- a/src/a.c
+++ b/src/a.c
@@ -2,7 +2,8 @@ first()
 line 2
 line 3
 line 4
-line 5
+five
+--- a/not/a/file
 line 6
 line 7
 line 8
@@ -27,7 +28,7 @@ static int second(void)
 line 27
 line 28
 line 29
-line 30
+thirty
 line 31
 line 32
 line 33
diff --git a/src/new.c b/src/new.c
new file mode 100644
--- /dev/null
+++ b/src/new.c
@@ -0,0 +1 @@
+new
-- 
2.39.5
`;

export const PATCH = HEADER + DIFF;
