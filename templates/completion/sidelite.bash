# Completion of sidelite's commands for bash 3.2 and newer.
# In ~/.bashrc: eval "$(sidelite completion bash)"
# After `alias kubiya=sidelite` also: complete -o default -F _sidelite kubiya

# GRAMMAR

# The words up to the cursor as the shell will see them: = : and @ do not end one.
_sidelite_words() {
  local rest=${COMP_LINE:0:COMP_POINT} word next index count=0
  words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    next=${rest#"${rest%%[![:space:]]*}"}
    if ((count > 0)) && [[ $next == "$rest" ]]; then
      words[count - 1]+=${next:0:${#word}}
    else
      words[count]=${next:0:${#word}}
      count=$((count + 1))
    fi
    rest=${next:${#word}}
  done
}

# Offers the lines of stdin that continue the word. The shell never expands one.
_sidelite_offer() {
  local candidate plain quote='' before='' breaks=${COMP_WORDBREAKS//[!=:@]/}
  case $cur in
  [\"\']*) quote=${cur:0:1} plain=${cur:1} ;;
  *)
    plain=${cur//\\/}
    # Readline replaces only what stands after the last of these.
    if [[ -n $breaks ]]; then before=${plain%"${plain##*[$breaks]}"}; fi
    ;;
  esac
  while IFS= read -r candidate; do
    [[ $candidate == "$plain"* ]] || continue
    case $quote in
    \") [[ $candidate == *[\"\\\$\!\`]* ]] || COMPREPLY+=("$candidate") ;;
    \') [[ $candidate == *\'* ]] || COMPREPLY+=("$candidate") ;;
    *) COMPREPLY+=("$(printf %q "${candidate#"$before"}")") ;;
    esac
  done
}

# KIND [FLAG=]: offers the values of that kind, each after FLAG=.
_sidelite_values() {
  local list='' name
  case $1 in
  @*) list=$(printf '%s\0' "${words[@]}" | command sidelite __complete "${1#@}" 2>/dev/null) ;;
  =*) list=${1#=} list=${list//,/$'\n'} ;;
  command) [[ -n $cur ]] && list=$(compgen -c -- "$cur" | sort -u) ;;
  files) return ;;
  esac
  compopt +o default 2>/dev/null
  [[ -z $list ]] || _sidelite_offer < <(while IFS= read -r name; do printf '%s\n' "${2-}$name"; done <<<"$list")
}

# FLAG: sets found to the kind of its value; empty when the verb does not know the flag.
_sidelite_find() {
  local index
  found=''
  for ((index = 0; index < ${#flags[@]}; index++)); do
    if [[ ${flags[index]} == "$1" ]]; then found=${kinds[index]}; fi
  done
}

_sidelite() {
  local cur end verb='' at=1 name kind ends argument=none isLast='' found='' open='' list='' count=0
  local words=() flags=() kinds=()
  COMPREPLY=()
  _sidelite_words
  end=$((${#words[@]} - 1))
  cur=${words[end]}
  if ((end > 1)); then
    verb=${words[1]} at=2
    if [[ $_sidelite_groups == *" $verb "* ]] && ((end > 2)); then verb+=" ${words[2]}" at=3; fi
  fi
  while read -r name kind ends; do
    if [[ $name == argument ]]; then
      argument=$kind isLast=$ends
    else
      flags+=("$name") kinds+=("$kind $ends")
    fi
  done < <(_sidelite_grammar "$verb")

  # What the words before the cursor leave open: a flag's value, a list, or an argument.
  for (( ; at < end; at++)); do
    if [[ -n $open ]]; then
      open=''
    elif [[ ${words[at]} == -- ]]; then
      # A worker's own words: the first is a program, bash completes the others as files.
      if [[ $argument == command ]] && ((at == end - 1)); then _sidelite_values command; fi
      return
    elif [[ ${words[at]} == -* ]]; then
      list=''
      _sidelite_find "${words[at]}"
      case $found in
      '' | 'none '* | *' joined') ;;
      *' list') open=$found list=$found ;;
      *) open=$found ;;
      esac
    elif [[ -z $list ]]; then
      count=$((count + 1))
      if [[ $isLast == last ]]; then return; fi
    fi
  done

  if [[ -n $open ]]; then
    _sidelite_values "${open%% *}"
  elif [[ $cur == --*=* ]]; then
    _sidelite_find "${cur%%=*}"
    _sidelite_values "${found%% *}" "${cur%%=*}="
  elif [[ $cur == -* ]]; then
    compopt +o default 2>/dev/null
    _sidelite_offer < <(printf '%s\n' "${flags[@]}")
  elif [[ -n $list ]]; then
    _sidelite_values "${list%% *}"
  elif ((count == 0)) || [[ $argument == command ]]; then
    _sidelite_values "$argument"
  fi
}

complete -o default -F _sidelite sidelite
