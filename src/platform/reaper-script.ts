// The reaper's program: POSIX sh with coreutils and, where there is one, grep; dash and busybox included.

/**
 * MARK in the environment is the cookie's value, there from the first moment on: an empty one would match everybody.
 * Orders on stdin, one a line: `+ PGID`, `- PGID`, `quit`. End of input means that sidelite is gone. Group 1 is
 * everybody, too. Arguments: the command that lists processes with their environment; none: /proc is read.
 * A pid is killed some milliseconds after the unique cookie was seen in its environment: nobody else can have it.
 */
export const REAPER_SCRIPT = String.raw`
trap '' HUP INT QUIT TERM PIPE TSTP TTIN TTOU USR1 USR2 ALRM
cookie=SIDELITE_COOKIE=$MARK groups=
while read -r verb value; do
  case $verb in
    +) [ "$value" -gt 1 ] && groups="$groups $value" ;;
    -) kept=
       for group in $groups; do [ "$group" = "$value" ] || kept="$kept $group"; done
       groups=$kept ;;
    quit) exit 0 ;;
  esac
done
# Without a whole cookie the search would find everybody.
case $cookie in SIDELITE_COOKIE=????????*) ;; *) exit 0 ;; esac
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null

by_listing() {
  "$@" | while read -r pid rest; do
    case " $rest" in *" $cookie"*) echo "$pid" ;; esac
  done
}
by_grep() {
  grep -lsF -e "$cookie" /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
}
by_shell() {
  for file in /proc/[0-9]*/environ; do
    case $(tr '\0' '\n' <"$file") in *"$cookie"*) echo "$file" ;; esac
  done | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
}
# Some greps stop at the first NUL: MARK is the last variable of our own environment.
if [ $# -gt 0 ]; then find=by_listing
elif grep -qsF -e "MARK=$MARK" /proc/$$/environ; then find=by_grep
else find=by_shell
fi
passes=0 quiet=0
while [ $passes -lt 100 ] && [ $quiet -lt 2 ]; do
  quiet=$((quiet + 1)) passes=$((passes + 1))
  for pid in $($find "$@"); do
    case $pid in $$ | 1 | *[!0-9]*) continue ;; esac
    kill -s KILL "$pid" && quiet=0
  done
  sleep 0.02
done
`;
