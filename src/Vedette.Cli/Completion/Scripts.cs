namespace Vedette.Cli.Completion;

/// <summary>What a shell runs so that it asks the program for the words that may come next. Each falls back to the names of files.</summary>
internal static class Scripts
{
    /// <summary>By the name of the shell.</summary>
    public static readonly IReadOnlyDictionary<string, string> ByShell = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish };

    // The program is kept off the terminal, which is the shell's while it completes. Bash breaks words at '=' and ':' as well: they are put together again, and the answer is cut to the part that bash replaces.
    private const string Bash = """
        # Completion of vedette for bash. In ~/.bashrc: source <(vedette completion bash)
        _vedette() {
            local program=${COMP_WORDS[0]/#\~/$HOME} rest=$COMP_LINE prefix= word blanks i
            local -a words=()
            COMPREPLY=()
            for ((i = 0; i <= COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                blanks=${rest%%[![:space:]]*}
                rest=${rest#"$blanks"}
                rest=${rest#"$word"}
                if ((i > 0)) && [[ -z $blanks ]]; then words[${#words[@]}-1]+=$word; else words+=("$word"); fi
            done
            word=${words[${#words[@]}-1]}
            [[ $COMP_WORDBREAKS == *[=:]* && $word == *[=:]* ]] && prefix=${word%"${word##*[=:]}"}
            while IFS=$'\t' read -r word _; do
                COMPREPLY+=("${word#"$prefix"}")
            done < <("$program" '[complete]' "${words[@]:1}" </dev/null 2>/dev/null)
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
            return 0
        }
        complete -o default -F _vedette vedette

        """;

    private const string Zsh = """
        #compdef vedette
        # Completion of vedette for zsh. In ~/.zshrc, behind compinit: source <(vedette completion zsh)
        _vedette() {
            local program=${${(Q)words[1]}/#\~/$HOME} line word tab=$'\t'
            local -a whole wholes open opens
            for line in "${(@f)$("$program" '[complete]' "${(@Q)words[2,CURRENT]}" </dev/null 2>/dev/null)}"; do
                [[ -n $line ]] || continue
                word=${line%%$tab*}
                [[ $line == *$tab* ]] && line="$word  -- ${line#*$tab}"
                if [[ $word == *= ]]; then open+=("$word") opens+=("$line"); else whole+=("$word") wholes+=("$line"); fi
            done
            (( $#whole + $#open )) || { _files; return }
            (( $#whole )) && compadd -l -d wholes -a whole
            (( $#open )) && compadd -l -S '' -d opens -a open
            return 0
        }
        if [[ $funcstack[1] == _vedette ]]; then _vedette "$@"; else compdef _vedette vedette; fi

        """;

    private const string Fish = """
        # Completion of vedette for fish: vedette completion fish > ~/.config/fish/completions/vedette.fish
        function __vedette_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l program (string replace -r '^~' $HOME -- $words[1])
            set -l found ($program '[complete]' $words[2..-1] </dev/null 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c vedette -f -a '(__vedette_complete)'

        """;
}
