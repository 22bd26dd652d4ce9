// SPDX-License-Identifier: GPL-2.0-or-later
/* completion: scripts for shells, which ask 'finwait completion words' for all that they offer. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "complete.h"

/* bash cuts words at '=' and ':', and replaces what is behind the last of these alone. */
static const char bash_script[] =
	"# bash completion for finwait; made by 'finwait completion bash'\n"
	"_finwait() {\n"
	"	local word line stem glue='' words=() lines=()\n"
	"	for word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do\n"
	"		if [[ ${#words[@]} -gt 0 && ($glue || $word == [=:]*) ]]; then\n"
	"			words[${#words[@]} - 1]+=$word\n"
	"		else\n"
	"			words+=(\"$word\")\n"
	"		fi\n"
	"		glue=''\n"
	"		[[ $word != *[=:] ]] || glue=1\n"
	"	done\n"
	"	word=${words[${#words[@]} - 1]}\n"
	"	stem=${word%\"${word##*[=:]}\"}\n"
	"	mapfile -t lines < <(\"$1\" completion words -- \"${words[@]}\" 2>/dev/null)\n"
	"	COMPREPLY=()\n"
	"	for line in \"${lines[@]}\"; do\n"
	"		case $line in\n"
	"		:files)\n"
	"			compopt -o filenames 2>/dev/null\n"
	"			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "
	"\"${word##*=}\")\n"
	"			;;\n"
	"		:folders)\n"
	"			compopt -o filenames 2>/dev/null\n"
	"			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "
	"\"${word##*=}\")\n"
	"			;;\n"
	"		*)\n"
	"			line=${line%%$'\\t'*}\n"
	"			[[ $line != *[=:] ]] || compopt -o nospace 2>/dev/null\n"
	"			COMPREPLY+=(\"${line#\"$stem\"}\")\n"
	"			;;\n"
	"		esac\n"
	"	done\n"
	"}\n"
	"complete -F _finwait finwait\n";

static const char zsh_script[] =
	"#compdef finwait\n"
	"# zsh completion for finwait; made by 'finwait completion zsh'\n"
	"_finwait() {\n"
	"	local line name\n"
	"	local -a names open\n"
	"	for line in ${(f)\"$($words[1] completion words -- \"${(@)words[2,CURRENT-1]}\" "
	"\"$PREFIX\" 2>/dev/null)\"}; do\n"
	"		name=${line%%$'\\t'*}\n"
	"		case $name in\n"
	"		:files) _files ;;\n"
	"		:folders) _files -/ ;;\n"
	"		*[=:]) open+=(\"${name//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
	"		*) names+=(\"${name//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
	"		esac\n"
	"	done\n"
	"	(( ! $#names )) || _describe -V finwait names\n"
	"	(( ! $#open )) || _describe -V finwait open -S ''\n"
	"}\n"
	"if [[ $funcstack[1] == _finwait ]]; then\n"
	"	_finwait \"$@\"\n"
	"else\n"
	"	compdef _finwait finwait\n"
	"fi\n";

static const char fish_script[] =
	"# fish completion for finwait; made by 'finwait completion fish'\n"
	"function __finwait_words\n"
	"	set -l words (commandline -opc)\n"
	"	set -l word (commandline -ct)\n"
	"	for line in ($words[1] completion words -- $words[2..-1] \"$word\" 2>/dev/null)\n"
	"		switch $line\n"
	"			case :files\n"
	"				__fish_complete_path \"$word\"\n"
	"			case :folders\n"
	"				__fish_complete_directories \"$word\"\n"
	"			case '*'\n"
	"				echo $line\n"
	"		end\n"
	"	end\n"
	"end\n"
	"complete -c finwait -f -a '(__finwait_words)'\n";

int command_completion(int argc, char **argv)
{
	const char *shell = argc > 1 ? argv[1] : "";

	if (!strcmp(shell, "words")) {
		complete_print(argc - 2, argv + 2);
		return EXIT_AS_PREDICTED;
	}
	if (argc != 2 ||
	    (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0 && strcmp(shell, "fish") != 0))
		return cli_say(EXIT_USAGE, "completion wants a shell: bash, zsh or fish");
	fputs(*shell == 'b' ? bash_script : *shell == 'z' ? zsh_script : fish_script, stdout);
	return EXIT_AS_PREDICTED;
}
