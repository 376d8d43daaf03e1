package main

import "hash/fnv"

// What is decoded of a pod: as much as a score of temper follows from.
type pod struct {
	Metadata struct {
		Name, Namespace, UID string
	} `json:"metadata"`
	Spec struct {
		Priority   *int32 `json:"priority"`
		Containers []struct {
			Resources struct {
				Requests map[string]string `json:"requests"`
			} `json:"resources"`
		} `json:"containers"`
	} `json:"spec"`
}

type extenderArgs struct {
	Pod       pod
	NodeNames []string
}

type hostPriority struct {
	Host  string
	Score int64
}

// A score for each name and the highest for one of them alone, which each pod chooses by a hash: the shape of temper's
// answer without what it is made from.
func prioritize(args *extenderArgs) []hostPriority {
	list := make([]hostPriority, len(args.NodeNames))
	best, most := 0, uint32(0)
	for index, name := range args.NodeNames {
		list[index] = hostPriority{name, 6}
		hash := fnv.New32a()
		hash.Write([]byte(args.Pod.Metadata.UID))
		hash.Write([]byte(name))
		if sum := hash.Sum32(); sum >= most {
			best, most = index, sum
		}
	}
	if len(list) > 0 {
		list[best].Score = 7
	}
	return list
}
